/** Predictions for contextual bandits, with an optional cache of the application. */
import { createCmabSource } from '@sortition/cmab';
import { type CmabPrediction, type CmabRequest, type CmabSource, murmur3 } from '@sortition/core';
import type { CacheWithRemove } from './contract/caches.ts';

/** Options of `createInstance` for bandits. */
export interface CmabOptions {
  /** Maximum number of cached predictions; 10,000 by default. */
  cacheSize?: number;
  /** How long a prediction is cached, in milliseconds; 1,800,000 by default. */
  cacheTtl?: number;
  /** Replaces the cache in memory. */
  cache?: CacheWithRemove<string>;
  /** `%s` is the id of the rule. */
  predictionEndpointTemplate?: string;
}

type Prediction = NonNullable<CmabPrediction>;

/** Timeout of a prediction request, in milliseconds. The official SDK lets a decision wait for up to a minute. */
const TIMEOUT_MS = 10_000;

/** Creates the source of predictions of a client. @throws SdkError `invalid-option` */
export function createPredictions(options: CmabOptions = {}): CmabSource {
  const { cache, cacheSize, cacheTtl, predictionEndpointTemplate: endpointTemplate } = options;
  const [, host] = /^http:\/\/([^/?#]+)/.exec(endpointTemplate ?? '') ?? [];
  const source = createCmabSource({
    endpointTemplate,
    insecureHosts: host === undefined ? undefined : [host],
    timeoutMs: TIMEOUT_MS,
    cacheSize: cache ? 0 : cacheSize || undefined,
    cacheTimeoutMs: cacheTtl || undefined,
  });
  return cache ? withCache(source, cache) : source;
}

/** Stores predictions in the application's cache. If the cache fails, the prediction is requested again. */
function withCache(source: CmabSource, cache: CacheWithRemove<string>): CmabSource {
  return {
    ...source,
    async predict(request) {
      if (request.cache === 'ignore') return source.predict(request);
      const key = `${request.userId.length}-${request.userId}-${request.ruleId}`;
      const attributesHash = String(murmur3(JSON.stringify([...request.attributes].sort(byFirst))));
      if (request.cache === 'reset') await attempt(() => cache.reset());
      if (request.cache === 'invalidate-user') await attempt(() => cache.remove(key));
      const known = readEntry(await attempt(() => cache.lookup(key)));
      if (known?.attributesHash === attributesHash) return known;
      const { variationId, cmabUuid } = await source.predict({ ...request, cache: 'ignore' } satisfies CmabRequest);
      await attempt(() => cache.save(key, JSON.stringify({ attributesHash, variationId, cmabUuid })));
      return { variationId, cmabUuid };
    },
  };
}

async function attempt<T>(call: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch {
    return undefined;
  }
}

function readEntry(text: unknown): (Prediction & { readonly attributesHash: string }) | undefined {
  try {
    const entry = JSON.parse(String(text)) as Prediction & { readonly attributesHash: string };
    return typeof entry.variationId === 'string' && typeof entry.cmabUuid === 'string' ? entry : undefined;
  } catch {
    return undefined;
  }
}

function byFirst([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : 1;
}
