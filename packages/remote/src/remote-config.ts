/** Options of the client, checked once. Names, units and most defaults are those of the service's own SDKs. */
import type { Logger } from '@sortition/core';
import { SdkError } from '@sortition/core/errors';
import { checkOptionsObject, listUnknownOptions } from '@sortition/core/internal';
import { parseEndpoint, type RetryPolicy } from '@sortition/http';

/** Options of `createRemoteClient`. `null` and `undefined` stand for the default. */
export interface RemoteConfig {
  /** Logs every request; `false` by default. Users are never logged, keys only masked. */
  readonly debug?: boolean | null | undefined;
  /**
   * URL of the service, with an optional path prefix; takes precedence over `serverZone`. https, or plain http to this
   * machine and to `insecureHosts`. `https://api.lab.amplitude.com` by default.
   */
  readonly serverUrl?: string | null | undefined;
  /**
   * Hosts that may be reached without TLS, for an evaluation proxy within a cluster: names, `*.svc.cluster.local` for
   * all subdomains, addresses; with a port (`evaluation-proxy:3546`) for that port only. The deployment key and users
   * are sent to them unencrypted.
   */
  readonly insecureHosts?: readonly string[] | null | undefined;
  /** The service's region, in any case; `US` by default. */
  readonly serverZone?: 'US' | 'EU' | 'us' | 'eu' | null | undefined;
  /** Deadline of the first attempt from connecting to the last byte, ms; 10,000 by default. */
  readonly fetchTimeoutMillis?: number | null | undefined;
  /** Attempts after the first; 0 by default. */
  readonly fetchRetries?: number | null | undefined;
  /**
   * Shortest wait before another attempt, ms; 500 by default. Waits are random between it and an upper limit of twice
   * as much.
   */
  readonly fetchRetryBackoffMinMillis?: number | null | undefined;
  /** Longest wait, ms; 10,000 by default. A `Retry-After` beyond it ends the attempts. */
  readonly fetchRetryBackoffMaxMillis?: number | null | undefined;
  /** Growth of that upper limit per failure; 1.5 by default. */
  readonly fetchRetryBackoffScalar?: number | null | undefined;
  /** Deadline of each further attempt, ms; 10,000 by default. */
  readonly fetchRetryTimeoutMillis?: number | null | undefined;
  /** By default warnings and errors go to the console; `false` is silent. */
  readonly logger?: Logger | false | null | undefined;
  /** The transport; in Node one that keeps connections, elsewhere `globalThis.fetch`, read at the call. */
  readonly fetch?: typeof fetch | null | undefined;
  /** Uniform in `[0, 1)`, for the waits; `Math.random` by default. */
  readonly random?: (() => number) | null | undefined;
  /** Receives the work of `fetchAsync`, for runtimes that stop after the response (serverless, edge). */
  readonly waitUntil?: ((work: Promise<unknown>) => void) | null | undefined;
}

/** Checked options of a client. */
export interface RemoteSettings {
  readonly policy: RetryPolicy;
  /** Of the endpoint, complete. */
  readonly url: string;
  /** Of the first attempt. */
  readonly timeoutMs: number;
  /** Of each further one. */
  readonly retryTimeoutMs: number;
  /** A sentence about unknown options. */
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
  // A value that is not a text has no such method, and is refused.
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

/** Returns the error for an invalid option. */
export function invalid(option: string, expected: string): SdkError {
  return new SdkError('invalid-option', `${option} is not valid; expected ${expected}.`);
}
