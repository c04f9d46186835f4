/** Options of the prediction source. */
import {
  checkOptionsObject,
  invalidOption,
  listUnknownOptions,
  readFunction,
  readInteger,
  readOption,
  readString,
} from '@sortition/core/internal';
import { MAX_DELAY_MS, parseEndpoint } from '@sortition/http';

/** Options of `createCmabSource`; all are optional. */
export interface CmabSourceOptions {
  /** URL of a prediction, with `%s` for the rule's id. */
  readonly endpointTemplate?: string | undefined;
  /** Hosts that may be reached without TLS, such as `predictions:8080`; this machine always may. */
  readonly insecureHosts?: readonly string[] | undefined;
  /** Total for one prediction including a retry, in milliseconds; 2,000 by default, because a page waits for it. */
  readonly timeoutMs?: number | undefined;
  /** Least number of cached predictions, one per user and rule; 10,000 by default, 0 turns the cache off. */
  readonly cacheSize?: number | undefined;
  /** How long a prediction is cached, in milliseconds; 1,800,000 by default, 0 turns the cache off. */
  readonly cacheTimeoutMs?: number | undefined;
  /** By default our own transport in Node, and elsewhere `globalThis.fetch`, read at each request. */
  readonly fetch?: typeof fetch | undefined;
  /** Makes the ids of predictions, which are sent with impressions too; a random UUID by default. */
  readonly randomId?: (() => string) | undefined;
}

/** Checked options with defaults. */
export interface CmabSourceSettings extends CmabSourceOptions {
  readonly endpointTemplate: string;
  readonly timeoutMs: number;
  readonly cacheSize: number;
  readonly cacheTimeoutMs: number;
  /** A sentence about unknown options. */
  readonly unknown: string | undefined;
}

const ENDPOINT_TEMPLATE = 'https://prediction.cmab.optimizely.com/predict/%s';

const OWNER = 'createCmabSource';

/** Checks the options. @throws SdkError `invalid-option` */
export function checkOptions(options: CmabSourceOptions): CmabSourceSettings {
  checkOptionsObject(OWNER, options);
  const insecureHosts = readOption(OWNER, options, 'insecureHosts');
  const endpointTemplate = readString(OWNER, options, 'endpointTemplate', ENDPOINT_TEMPLATE);
  if (!endpointTemplate.includes('%s')) {
    throw invalidOption(OWNER, 'endpointTemplate', 'a URL with %s for the id of the rule', endpointTemplate);
  }
  parseEndpoint(endpointTemplate.replace('%s', 'rule'), 'endpointTemplate', insecureHosts);
  const settings = {
    endpointTemplate,
    insecureHosts,
    timeoutMs: readInteger(OWNER, options, 'timeoutMs', 2_000, { min: 1, max: MAX_DELAY_MS }),
    cacheSize: readInteger(OWNER, options, 'cacheSize', 10_000, { min: 0, max: 2 ** 24 }),
    cacheTimeoutMs: readInteger(OWNER, options, 'cacheTimeoutMs', 1_800_000, { min: 0 }),
    fetch: readFunction(OWNER, options, 'fetch'),
    randomId: readFunction(OWNER, options, 'randomId'),
  };
  return {
    ...settings,
    unknown: listUnknownOptions(OWNER, options, Object.keys(settings), { cacheTtl: 'cacheTimeoutMs' }),
  };
}
