/** A polling source with a listener that remembers what it heard; closed with the test. */
import type { ConfigSource, KeyValueStorage, Problem } from '@sortition/core';
import { type Responder, type ScriptServer, startScriptServer } from '@sortition/rig';
import { onTestFinished, vi } from 'vitest';
import { createDatafileCache, createPollingConfig, type PollingConfigOptions } from '../src/index.ts';

export interface Observed {
  readonly source: ConfigSource;
  /** Revisions heard, in order. */
  readonly revisions: string[];
  readonly problems: Problem[];
  codes(): string[];
  revision(): string | undefined;
  refresh(): Promise<boolean>;
  /** Resolves when the revision is in use. */
  reaches(revision: string): Promise<void>;
}

export type ObservedOptions = Omit<PollingConfigOptions, 'sdkKey' | 'cache'> & {
  sdkKey?: string;
  cache?: KeyValueStorage;
};

export function observe({ cache, ...options }: ObservedOptions): Observed {
  const caching = cache && { cache: createDatafileCache(cache) };
  const source = createPollingConfig({ sdkKey: 'key', ...options, ...caching });
  const revisions: string[] = [];
  const problems: Problem[] = [];
  const unsubscribe = source.subscribe((change) => {
    if (change.type === 'config') revisions.push(change.config.revision);
    else problems.push(change.problem);
  });
  onTestFinished(async () => {
    unsubscribe();
    await source.close?.();
  });
  const revision = () => source.current()?.revision;
  return {
    source,
    revisions,
    problems,
    codes: () => problems.map(({ code }) => code),
    revision,
    refresh: () => source.refresh?.() ?? Promise.resolve(false),
    reaches: (wanted) =>
      vi.waitFor(
        () => {
          if (revision() !== wanted) throw new Error(`expected revision ${wanted}, got ${revision()}`);
        },
        { timeout: 15_000, interval: 10 },
      ),
  };
}

/** A scripted server for one test. */
export async function serve(...responders: Responder[]): Promise<ScriptServer & { readonly template: string }> {
  const server = await startScriptServer(responders);
  onTestFinished(() => server.close());
  return Object.defineProperty(server as ScriptServer & { template: string }, 'template', {
    value: `${server.url}/datafiles/%s.json`,
  });
}
