/**
 * The remote evaluation client: a service decides, and the client fetches the variants. Nothing is kept between fetches
 * (`createCachedRemoteClient` does that).
 */
import { isSdkError, SdkError, type SdkErrorCode } from '@sortition/core/errors';
import {
  type HttpExchange,
  LightAbortController,
  maskSecret,
  monotonicNow,
  requestOnce,
  retry,
  type Signals,
  statusCauseOf,
  statusError,
} from '@sortition/http';
import { createFetchAsync } from './fetch-async.ts';
import { createLog } from './log.ts';
import { checkConfig, type RemoteConfig } from './remote-config.ts';
import type { RemoteClient, RemoteFetchOptions } from './remote-fetch.ts';
import { buildRequest, type EncodeText, encodeText, type RemoteRequest } from './remote-request.ts';
import type { RemoteUser } from './remote-user.ts';
import { parseVariants, type Variants, withoutDefaultVariants } from './remote-variants.ts';

/** What differs between runtimes. */
export interface RemoteTransport {
  /**
   * Returns the transport unless the config has a `fetch`. Absent, or resolved to `undefined`: the platform's
   * transport.
   */
  open?(): Promise<HttpExchange['fetch']>;
  readonly encode: EncodeText;
  close?(): Promise<void>;
}

/** Subject of error messages. */
const WHAT = 'The fetch of variants';

/** Far more than any set of variants; a larger response is refused. */
const MAX_RESPONSE_BYTES = 16_777_216;

/**
 * Creates a client for the variants of one deployment. Opens nothing until the first fetch.
 *
 * @param deploymentKey The deployment's key, sent with each request and shown masked only.
 * @throws SdkError `invalid-option` for an invalid key, URL or number.
 * @example
 * const client = createRemoteClient('client-…', { fetchTimeoutMillis: 500, fetchRetries: 1 });
 * const variants = await client.fetch({ user_id: 'u-1' });
 * if (variants['new-checkout']?.value === 'on') showNewCheckout();
 */
export function createRemoteClient(deploymentKey: string, config: RemoteConfig = {}): RemoteClient {
  return createClientOver({ encode: encodeText }, deploymentKey, config);
}

/** Creates the client with the transport of a runtime. */
export function createClientOver(
  transport: RemoteTransport,
  deploymentKey: string,
  config: RemoteConfig,
): RemoteClient {
  const { url, timeoutMs, retryTimeoutMs, policy, unknown } = checkConfig(deploymentKey, config);
  const log = createLog(config.logger, config.debug);
  if (unknown) log('warn', {}, unknown);
  const shownKey = maskSecret(deploymentKey);
  const secrets = [deploymentKey];
  // Not a platform object: Workers bind a platform controller to one request, and allow none while a module is loaded.
  const closing = new LightAbortController();

  async function attempt(question: RemoteRequest, number: number, signal: Signals): Promise<Variants> {
    const started = monotonicNow();
    const { method, headers, body } = question;
    const note = (outcome: object, message: string) => {
      const ms = monotonicNow() - started;
      log('debug', { method, url, deploymentKey: shownKey, attempt: number, ms, ...outcome }, message);
    };
    // Written field by field: spreading objects costs a third of an exchange.
    const response = await requestOnce(
      {
        url,
        method,
        headers,
        body,
        timeoutMs: number === 0 ? timeoutMs : retryTimeoutMs,
        maxBytes: MAX_RESPONSE_BYTES,
        signal,
        secrets,
        fetch: config.fetch ?? (await transport.open?.()),
      },
      WHAT,
    ).catch((error: unknown) => {
      note({ error }, 'An attempt got no response.');
      throw error;
    });
    const { status, text } = response;
    note({ status }, 'The service answered.');
    if (status !== 200) throw statusError(response, WHAT);
    return parseVariants(text, (flagKeys) =>
      log('warn', { count: flagKeys.length, flagKeys: flagKeys.slice(0, 10) }, 'Malformed variants were left out.'),
    );
  }

  async function fetchOrThrow(user: RemoteUser, options: RemoteFetchOptions, signal: Signals): Promise<Variants> {
    const question = buildRequest(user, options, deploymentKey, transport.encode);
    let malformed = 0;
    const variants = await retry(
      policy,
      {
        signal,
        // A service with invalid responses will send them again; one more attempt covers a response that was damaged on
        // the way.
        shouldRetry: (error) =>
          isWorthAnotherAttempt(error) && (!hasCode(error, 'invalid-response') || malformed++ === 0),
        onRetry: (error, delayMs) => log('debug', { error, delayMs }, `${WHAT} failed and is repeated.`),
      },
      (number) => attempt(question, number, signal),
    );
    return options.includeDefaultVariants ? variants : withoutDefaultVariants(variants);
  }

  async function fetch(user: RemoteUser, options?: RemoteFetchOptions): Promise<Variants> {
    const { fallback, signal } = options ?? {};
    try {
      return await fetchOrThrow(user, options ?? {}, [closing.signal, signal]);
    } catch (cause) {
      const error = closing.signal.aborted
        ? new SdkError('closed', 'The client is closed; create another one.')
        : cause;
      if (!fallback) throw error;
      log('warn', { error }, `${WHAT} failed; the fallback is used.`);
      return fallback;
    }
  }

  return {
    fetch,
    fetchAsync: createFetchAsync(fetch, config.waitUntil, (error) =>
      log('error', { error }, 'The callback of a fetch, or waitUntil, failed.'),
    ),
    async close() {
      closing.abort();
      await transport.close?.();
    },
  };
}

/**
 * Returns `true`, as in the service's own SDKs, for network failures, invalid responses, statuses outside of 400 to
 * 499, and 429.
 */
function isWorthAnotherAttempt(error: unknown): boolean {
  const status = statusCauseOf(error)?.status ?? 0;
  return (status < 400 || status >= 500 || status === 429) && !hasCode(error, 'aborted');
}

function hasCode(error: unknown, code: SdkErrorCode): boolean {
  return isSdkError(error) && error.code === code;
}
