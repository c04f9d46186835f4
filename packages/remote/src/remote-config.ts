/** Options of the client, checked once. Names, units and most defaults are those of the service's own SDKs. */
import type { Logger } from '@sortition/core';
import { SdkError } from '@sortition/core/errors';
import { checkOptionsObject, listUnknownOptions } from '@sortition/core/internal';
import { parseEndpoint, type RetryPolicy } from '@sortition/http';

/** How a client asks. `null` and `undefined` stand for the default. */
export interface RemoteConfig {
  /** Tells the logger about every request; `false` unless given. Users are never logged, keys only masked. */
  readonly debug?: boolean | null | undefined;
  /**
   * Where to ask, with a path prefix if need be; goes before `serverZone`. https, or plain http to this machine and to
   * `insecureHosts`. `https://api.lab.amplitude.com` unless given.
   */
  readonly serverUrl?: string | null | undefined;
  /**
   * Hosts that may be asked without TLS, for an evaluation proxy within a cluster: names, `*.svc.cluster.local` for
   * everything below a name, addresses; with a port (`evaluation-proxy:3546`) for that port only. The deployment key and
   * users travel there in the clear.
   */
  readonly insecureHosts?: readonly string[] | null | undefined;
  /** The service's region, in any case; `US` unless given. */
  readonly serverZone?: 'US' | 'EU' | 'us' | 'eu' | null | undefined;
  /** Deadline of the first attempt from connecting to the last byte, ms; 10,000 unless given. */
  readonly fetchTimeoutMillis?: number | null | undefined;
  /** Attempts after the first; 0 unless given. */
  readonly fetchRetries?: number | null | undefined;
  /** Least wait before a further attempt, ms; 500 unless given. Waits are random between it and a ceiling of twice as much. */
  readonly fetchRetryBackoffMinMillis?: number | null | undefined;
  /** Longest wait, ms; 10,000 unless given. A `Retry-After` beyond it ends the attempts. */
  readonly fetchRetryBackoffMaxMillis?: number | null | undefined;
  /** Growth of that ceiling per failure; 1.5 unless given. */
  readonly fetchRetryBackoffScalar?: number | null | undefined;
  /** Deadline of each further attempt, ms; 10,000 unless given. */
  readonly fetchRetryTimeoutMillis?: number | null | undefined;
  /** Warnings and errors go to the console unless given; `false` is silent. */
  readonly logger?: Logger | false | null | undefined;
  /** The transport; in Node one that keeps connections, elsewhere `globalThis.fetch`, read at the call. */
  readonly fetch?: typeof fetch | null | undefined;
  /** Uniform in `[0, 1)`, for the waits; `Math.random` unless given. */
  readonly random?: (() => number) | null | undefined;
  /** Is handed the work of `fetchAsync`, where a runtime ends with the response (serverless, edge). */
  readonly waitUntil?: ((work: Promise<unknown>) => void) | null | undefined;
}

/** What a client works with. */
export interface RemoteSettings {
  readonly policy: RetryPolicy;
  /** Of the endpoint, complete. */
  readonly url: string;
  /** Of the first attempt. */
  readonly timeoutMs: number;
  /** Of each further one. */
  readonly retryTimeoutMs: number;
  /** A sentence about options that do not exist. */
  readonly unknown: string | undefined;
}

const OPTIONS: readonly (keyof RemoteConfig)[] = [
  'debug',
  'serverUrl',
  'insecureHosts',
  'serverZone',
  'fetchTimeoutMillis',
  'fetchRetries',
  'fetchRetryBackoffMinMillis',
  'fetchRetryBackoffMaxMillis',
  'fetchRetryBackoffScalar',
  'fetchRetryTimeoutMillis',
  'logger',
  'fetch',
  'random',
  'waitUntil',
];

const OWNER = 'createRemoteClient';

/** @throws SdkError `invalid-option`. */
export function checkConfig(deploymentKey: string, config: RemoteConfig): RemoteSettings {
  checkOptionsObject(OWNER, config, '{ fetchTimeoutMillis: 500 }');
  if (typeof deploymentKey !== 'string' || !/^[!-~]{1,512}$/.test(deploymentKey)) {
    throw invalid('The deployment key', 'printable ASCII without spaces, as the service shows it');
  }
  for (const name of ['fetch', 'random', 'waitUntil'] as const) {
    if (config[name] != null && typeof config[name] !== 'function') throw invalid(name, 'a function');
  }
  if (config.logger && typeof config.logger !== 'object') {
    throw invalid('logger', 'an object with debug, info, warn and error, or false');
  }
  // What is not a text has no such method, and is refused.
  const zone = (config.serverZone ?? 'US').toLowerCase?.();
  if (zone !== 'us' && zone !== 'eu') throw invalid('serverZone', '"US" or "EU"');
  const host = `https://api.lab.${zone === 'eu' ? 'eu.' : ''}amplitude.com`;
  const capMs = checkNumber(config, 'fetchRetryBackoffMaxMillis', 10_000, 0);
  const leastMs = Math.min(capMs, checkNumber(config, 'fetchRetryBackoffMinMillis', 500, 0));
  return {
    url: `${checkServerUrl(config.serverUrl ?? host, config.insecureHosts)}/sdk/v2/vardata?v=0`,
    timeoutMs: checkNumber(config, 'fetchTimeoutMillis', 10_000, 1),
    retryTimeoutMs: checkNumber(config, 'fetchRetryTimeoutMillis', 10_000, 1),
    policy: {
      retries: Math.floor(checkNumber(config, 'fetchRetries', 0, 0)),
      leastMs,
      baseMs: 2 * leastMs,
      capMs,
      maxRetryAfterMs: capMs,
      scalar: checkNumber(config, 'fetchRetryBackoffScalar', 1.5, 1),
      random: config.random ?? undefined,
    },
    unknown: listUnknownOptions(OWNER, config, OPTIONS),
  };
}

function checkServerUrl(serverUrl: string, insecureHosts: RemoteConfig['insecureHosts']): string {
  const { search, hash, href } = parseEndpoint(
    typeof serverUrl === 'string' ? serverUrl : '',
    'serverUrl',
    insecureHosts,
  );
  if (search || hash) throw invalid('serverUrl', 'a URL without query and fragment');
  return href.replace(/\/+$/, '');
}

type NumberOption = Extract<keyof RemoteConfig, `fetch${string}${'Millis' | 'Retries' | 'Scalar'}`>;

function checkNumber(config: RemoteConfig, name: NumberOption, fallback: number, least: number): number {
  const value = config[name] ?? fallback;
  if (!(Number.isFinite(value) && value >= least)) {
    throw invalid(name, `a number of at least ${least}`);
  }
  return value;
}

/** The error for an option that cannot be used. */
export function invalid(option: string, expected: string): SdkError {
  return new SdkError('invalid-option', `${option} is not usable; expected ${expected}.`);
}
