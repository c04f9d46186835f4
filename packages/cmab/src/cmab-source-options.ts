/** Options of the prediction source. */
import { SdkError } from '@sortition/core/errors';
import { parseEndpoint } from '@sortition/http';

/** Options of `createCmabSource`; all of them may be left out. */
export interface CmabSourceOptions {
  /** URL of a prediction, with `%s` for the rule's id. */
  readonly endpointTemplate?: string | undefined;
  /** Total for one prediction with its repetition, in milliseconds; 2,000 unless given: a page waits for it. */
  readonly timeoutMs?: number | undefined;
  /** Predictions remembered at least, one per user and rule; 10,000 unless given, 0 remembers none. */
  readonly cacheSize?: number | undefined;
  /** How long, in milliseconds; 1,800,000 unless given, 0 remembers none. */
  readonly cacheTimeoutMs?: number | undefined;
  /** `globalThis.fetch`, read at each request, unless given. */
  readonly fetch?: typeof fetch | undefined;
  /** Makes the ids by which the service tells predictions apart, sent with impressions too; a random UUID unless given. */
  readonly randomId?: (() => string) | undefined;
}

/** Options after defaults. */
export interface CmabSourceSettings extends CmabSourceOptions {
  readonly endpointTemplate: string;
  readonly timeoutMs: number;
  readonly cacheSize: number;
  readonly cacheTimeoutMs: number;
}

const ENDPOINT_TEMPLATE = 'https://prediction.cmab.optimizely.com/predict/%s';
const MAX_DELAY_MS = 2 ** 31 - 1;

/** Checks the options. @throws SdkError `invalid-option` */
export function checkOptions(options: CmabSourceOptions): CmabSourceSettings {
  if (typeof options !== 'object' || options === null) {
    throw new SdkError('invalid-option', `createCmabSource takes an object with options, got ${show(options)}.`);
  }
  const { endpointTemplate = ENDPOINT_TEMPLATE, fetch, randomId } = options;
  if (typeof endpointTemplate !== 'string' || !endpointTemplate.includes('%s')) {
    throw invalid('endpointTemplate', 'a URL with %s for the id of the rule', endpointTemplate);
  }
  parseEndpoint(endpointTemplate.replace('%s', 'rule'), 'endpointTemplate');
  if (fetch !== undefined && typeof fetch !== 'function') throw invalid('fetch', 'a function', fetch);
  if (randomId !== undefined && typeof randomId !== 'function') throw invalid('randomId', 'a function', randomId);
  return {
    ...options,
    endpointTemplate,
    timeoutMs: readNumber('timeoutMs', options.timeoutMs, 2_000, 1, MAX_DELAY_MS),
    cacheSize: readNumber('cacheSize', options.cacheSize, 10_000, 0, 2 ** 24),
    cacheTimeoutMs: readNumber('cacheTimeoutMs', options.cacheTimeoutMs, 1_800_000, 0, Number.MAX_SAFE_INTEGER),
  };
}

function readNumber(name: string, value: number | undefined, otherwise: number, min: number, max: number): number {
  if (value === undefined) return otherwise;
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw invalid(name, `an integer from ${min} to ${max}`, value);
}

function invalid(name: string, expected: string, got: unknown): SdkError {
  const message = `The option "${name}" of createCmabSource must be ${expected}, got ${show(got)}.`;
  return new SdkError('invalid-option', message);
}

function show(got: unknown): string {
  return typeof got === 'number' ? String(got) : got === null ? 'null' : typeof got;
}
