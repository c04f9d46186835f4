/**
 * The remote evaluation client: a service decides, this fetches. Each fetch is a question of its own; nothing is kept
 * between them (`createCachedRemoteClient` does that).
 */
import { isSdkError, SdkError } from '@sortition/core/errors';
import {
  createStopSwitch,
  maskSecret,
  monotonicNow,
  requestOnce,
  retry,
  type StopSignal,
  statusCauseOf,
  statusError,
} from '@sortition/http';
import { fetchWithCallback } from './fetch-with-callback.ts';
import { createLog } from './log.ts';
import { checkConfig, type RemoteConfig } from './remote-config.ts';
import type { RemoteClient, RemoteFetchOptions } from './remote-fetch.ts';
import { buildRequest, type EncodeText, encodeText, type RemoteRequest } from './remote-request.ts';
import type { RemoteUser } from './remote-user.ts';
import { parseVariants, type Variants, withoutDefaultVariants } from './remote-variants.ts';

/** What differs between runtimes. */
export interface RemoteTransport {
  /** Absent: `globalThis.fetch`, read at the call. */
  readonly fetch?: typeof fetch | undefined;
  readonly encode: EncodeText;
  close?(): void;
}

/** No set of variants comes near; an answer beyond it is refused. */
const MAX_RESPONSE_BYTES = 16_777_216;

/**
 * Creates a client for the variants of one deployment. Opens nothing until the first fetch.
 *
 * @param deploymentKey The deployment's key, sent with each request and shown masked only.
 * @throws SdkError `invalid-option` on a key, URL or number that cannot be used.
 * @example
 * const client = createRemoteClient('client-…', { fetchTimeoutMillis: 500, fetchRetries: 1 });
 * const variants = await client.fetch({ user_id: 'u-1' });
 * if (variants['new-checkout']?.value === 'on') showNewCheckout();
 */
export function createRemoteClient(deploymentKey: string, config: RemoteConfig = {}): RemoteClient {
  return createClientOver({ fetch: config.fetch ?? undefined, encode: encodeText }, deploymentKey, config);
}

/** The client over what a runtime offers. */
export function createClientOver(
  transport: RemoteTransport,
  deploymentKey: string,
  config: RemoteConfig,
): RemoteClient {
  const { url, timeoutMs, retries, baseMs, capMs, scalar, retryTimeoutMs } = checkConfig(deploymentKey, config);
  const { waitUntil } = config;
  const random = config.random ?? undefined;
  const debug = config.debug === true;
  const log = createLog(config.logger, debug);
  const asked = { deploymentKey, encode: transport.encode };
  const shownKey = maskSecret(deploymentKey);
  const closing = createStopSwitch();

  async function attempt(question: RemoteRequest, number: number, signal: StopSignal): Promise<Variants> {
    const started = debug ? monotonicNow() : 0;
    const { method, headers, body } = question;
    const response = await requestOnce({
      url,
      method,
      headers,
      body,
      timeoutMs: number === 0 ? timeoutMs : retryTimeoutMs,
      maxBytes: MAX_RESPONSE_BYTES,
      signal,
      fetch: transport.fetch,
    });
    const { status, text } = response;
    if (debug) {
      const ms = monotonicNow() - started;
      log('debug', { method, url, deploymentKey: shownKey, attempt: number, status, ms }, 'The service answered.');
    }
    if (status !== 200) throw statusError(response, 'The fetch of variants');
    return parseVariants(text);
  }

  async function fetchOrThrow(user: RemoteUser, options: RemoteFetchOptions, signal: StopSignal): Promise<Variants> {
    const question = buildRequest(user, options, asked);
    let malformed = 0;
    const variants = await retry(
      {
        baseMs,
        capMs,
        scalar,
        random,
        retries,
        signal,
        maxRetryAfterMs: capMs,
        shouldRetry: (error) => isWorthAnotherAttempt(error) && (!isMalformed(error) || malformed++ === 0),
        onRetry: (error, delayMs) =>
          log(
            'debug',
            { error: withoutKey(error, deploymentKey), delayMs },
            'A fetch of variants failed and is repeated.',
          ),
      },
      (number) => attempt(question, number, signal),
    );
    return options.includeDefaultVariants ? variants : withoutDefaultVariants(variants);
  }

  async function fetch(user: RemoteUser, options: RemoteFetchOptions = {}): Promise<Variants> {
    const { fallback, signal } = options;
    try {
      if (!signal) return await fetchOrThrow(user, options, closing);
      return await untilEither(signal, closing, (either) => fetchOrThrow(user, options, either));
    } catch (cause) {
      const error = closing.aborted
        ? new SdkError('closed', 'The client is closed; create another one.')
        : withoutKey(cause, deploymentKey);
      if (!fallback) throw error;
      log('warn', { error }, 'Variants could not be fetched; the fallback is used.');
      return fallback;
    }
  }

  return {
    fetch,
    fetchAsync(user, callback, options) {
      const work = fetchWithCallback(
        fetch,
        { user, ...(callback && { callback }), ...(options && { options }) },
        (error) => log('error', { error }, 'The callback of a fetch threw.'),
      );
      waitUntil?.(work);
      return work;
    },
    async close() {
      closing.stop();
      transport.close?.();
    },
  };
}

/** Does work with a signal that follows two; nothing stays attached to them. */
async function untilEither<T>(a: StopSignal, b: StopSignal, work: (either: StopSignal) => Promise<T>): Promise<T> {
  const either = createStopSwitch();
  const stop = () => either.stop(a.aborted ? a.reason : b.reason);
  for (const signal of [a, b]) signal.addEventListener('abort', stop);
  try {
    if (a.aborted || b.aborted) stop();
    return await work(either);
  } finally {
    for (const signal of [a, b]) signal.removeEventListener('abort', stop);
  }
}

/** A transport's error may quote the request. One that shows the key is not passed on. */
function withoutKey(error: unknown, key: string): unknown {
  return isSdkError(error) && showsKey(error.cause, key) ? new SdkError(error.code, error.message) : error;
}

function showsKey(error: unknown, key: string, depth = 0): boolean {
  if (!(error instanceof Error)) return String(error).includes(key);
  return `${error.message}${error.stack}`.includes(key) || depth > 4 || showsKey(error.cause, key, depth + 1);
}

/** As in the service's own SDKs: failures of the network and of the answer, any status but 400 to 499, and 429. */
function isWorthAnotherAttempt(error: unknown): boolean {
  const status = statusCauseOf(error)?.status;
  if (status !== undefined) return status < 400 || status >= 500 || status === 429;
  return isSdkError(error) && ['request-failed', 'timeout', 'invalid-response'].includes(error.code);
}

/** A service that answers nonsense will do so again; one more attempt covers an answer mangled on the way. */
function isMalformed(error: unknown): boolean {
  return isSdkError(error) && error.code === 'invalid-response';
}
