/**
 * A transport for Node with the signature of `fetch` that keeps connections, using undici's dispatcher. For small
 * responses it is several times as fast as the global `fetch`, frameworks do not wrap it, and only it can limit
 * compressed bytes and check encodings and addresses.
 */
import { SdkError } from '@sortition/core/errors';
import { checkOptionsObject, readBoolean, readChoice, readFunction, readInteger } from '@sortition/core/internal';
import type { Dispatcher } from 'undici';
import { LightAbortController } from '../light-abort-controller.ts';
import { createConnector, wasReused } from './connector.ts';
import { loadUndici, type UndiciModule } from './load-undici.ts';
import { createNodeBody, type NodeBody } from './node-body.ts';
import { createNodeResponse, readHeader } from './node-response.ts';
import { type DnsLookup, isPrivateAddress, lookupPublic, refusedAddress } from './public-address.ts';

/** Options of `createKeepAliveFetch`; all are optional. */
export interface KeepAliveFetchOptions {
  /** Connections per origin; 64 by default. Further requests wait for a free one. */
  readonly maxSockets?: number | undefined;
  /** `public` refuses private, link-local and loopback addresses after DNS; `any` by default. */
  readonly addresses?: 'any' | 'public' | undefined;
  /** Limit of a compressed body on the wire; 64 MiB by default. */
  readonly maxCompressedBytes?: number | undefined;
  /** Lets the process end while a request is under way, for background work; `false` by default. */
  readonly unref?: boolean | undefined;
  /** DNS lookup; the system's by default. */
  readonly lookup?: DnsLookup | undefined;
  /**
   * `environment` uses the proxies that HTTP_PROXY, HTTPS_PROXY and NO_PROXY name; `none` by default. Proxies resolve
   * names themselves, so `addresses`, `lookup` and `unref` are refused together with it.
   */
  readonly proxy?: 'none' | 'environment' | undefined;
}

const OWNER = 'createKeepAliveFetch';

/** A subset of `fetch`; see `createKeepAliveFetch`. */
export interface KeepAliveFetch {
  (input: string | URL | Request, init?: RequestInit): Promise<Response>;
  /** A class for abort signals that are cheaper for this transport; it accepts those of the platform too. */
  readonly Controller: typeof LightAbortController;
  /** The value of the option. */
  readonly unref: boolean;
  /** Closes every connection; requests under way fail. The function may be used again and then opens new ones. */
  close(): void;
}

/**
 * Creates the transport. It takes a URL and the members `method`, `headers` (a record), `body` (text or bytes) and
 * `signal` of `fetch`'s init, never follows redirects, and accepts gzip. Of `Response` it has `status`, `ok`,
 * `headers.get`, `body.getReader`, `text()`, `json()` and `arrayBuffer()`. The caller closes it; idle connections do
 * not keep the process alive.
 *
 * A request on a kept connection that the server had just closed is sent once more.
 *
 * @throws SdkError `invalid-option`, also for options that exclude each other.
 */
export function createKeepAliveFetch(options: KeepAliveFetchOptions = {}): KeepAliveFetch {
  const settings = readSettings(options);
  const { addresses, maxCompressedBytes, unref } = settings;
  if (settings.proxy === 'environment' && (addresses === 'public' || settings.lookup || unref)) {
    throw new SdkError(
      'invalid-option',
      'proxy "environment" cannot be combined with addresses, lookup or unref: the proxy connects to the host.',
    );
  }
  let undici: UndiciModule | undefined;
  let dispatcher: Dispatcher | undefined;

  const send = (target: Target, init: RequestInit, mayRepeat: boolean): Promise<Response> =>
    new Promise((resolve, reject) => {
      const { signal } = init;
      let abort: ((error?: Error) => void) | undefined;
      let body: NodeBody | undefined;
      const onAbort = () => {
        abort?.(signal?.reason);
        // undici does not report the abort of a request that still waits for a connection.
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', onAbort);
      const leave = () => signal?.removeEventListener('abort', onAbort);
      dispatcher?.dispatch(
        {
          origin: target.origin,
          path: target.path,
          method: (init.method ?? 'GET') as Dispatcher.HttpMethod,
          headers: listHeaders(init.headers as Record<string, string> | undefined),
          body: (init.body ?? null) as string | Uint8Array | null,
        },
        {
          onConnect(end) {
            if (signal?.aborted) end(signal.reason);
            abort = end;
          },
          onHeaders(status, headers, resume, statusText) {
            if (status === 101) abort?.(new Error('the server switched to another protocol'));
            if (status < 200) return true;
            try {
              body = createNodeBody(readHeader(headers, 'content-encoding') ?? '', maxCompressedBytes, resume);
            } catch (error) {
              reject(error);
              abort?.(error as Error);
              return true;
            }
            const answer = { status, statusText, headers, url: target.url };
            resolve(createNodeResponse(answer, body, () => abort?.(new Error('The answer was not read to its end.'))));
            return true;
          },
          onData: (chunk) => body?.push(chunk) ?? true,
          onComplete() {
            leave();
            body?.end();
          },
          onError(error) {
            leave();
            if (body) body.fail(error);
            else if (mayRepeat && !signal?.aborted && wasReused(error)) send(target, init, false).then(resolve, reject);
            else reject(error);
          },
        },
      );
    });

  // Clients request the same URL again and again, and parsing it costs as much as sending.
  let known: Target | undefined;
  const keepAliveFetch = async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    // Checking for `Request` first would load the platform's whole HTTP client.
    const url = typeof input === 'string' || input instanceof URL ? String(input) : input.url;
    if (known?.url !== url) known = parseTarget(url);
    const target = known;
    const { hostname } = target;
    if (addresses === 'public' && isPrivateAddress(hostname)) throw refusedAddress(hostname);
    undici ??= await loadUndici();
    if (init.signal?.aborted) throw init.signal.reason;
    dispatcher ??= createDispatcher(undici, settings);
    return send(target, init, true);
  };

  return Object.assign(keepAliveFetch, {
    Controller: LightAbortController,
    unref,
    close() {
      dispatcher?.destroy().catch(() => undefined);
      dispatcher = undefined;
    },
  });
}

/** Reads the options, with defaults. */
function readSettings(options: KeepAliveFetchOptions) {
  checkOptionsObject(OWNER, options);
  return {
    maxSockets: readInteger(OWNER, options, 'maxSockets', 64),
    addresses: readChoice(OWNER, options, 'addresses', 'any', ['any', 'public']),
    maxCompressedBytes: readInteger(OWNER, options, 'maxCompressedBytes', 67_108_864),
    unref: readBoolean(OWNER, options, 'unref', false),
    lookup: readFunction(OWNER, options, 'lookup'),
    proxy: readChoice(OWNER, options, 'proxy', 'none', ['none', 'environment']),
  };
}

function createDispatcher(undici: UndiciModule, options: ReturnType<typeof readSettings>): Dispatcher {
  const { maxSockets, addresses, lookup, unref, proxy } = options;
  // The caller has a total deadline; undici's timeouts would end work that still has time.
  const settings = { connections: maxSockets, headersTimeout: 0, bodyTimeout: 0, keepAliveTimeout: 30_000 };
  if (proxy === 'environment') return new undici.EnvHttpProxyAgent(settings);
  const publicOnly = addresses === 'public' ? lookupPublic(lookup) : lookup;
  return new undici.Agent({ ...settings, connect: createConnector(undici, publicOnly, unref) });
}

/** A parsed URL for the dispatcher. */
interface Target {
  readonly url: string;
  readonly origin: string;
  /** Without brackets around an IPv6 address. */
  readonly hostname: string;
  readonly path: string;
}

function parseTarget(url: string): Target {
  const { origin, hostname, pathname, search } = new URL(url);
  return { url, origin, hostname: hostname.replace(/^\[|\]$/g, ''), path: pathname + search };
}

/** Returns names and values in one list, as undici sends them. */
function listHeaders(headers: Record<string, string> = {}): string[] {
  const list: string[] = [];
  let encoding = 'gzip';
  for (const [name, value] of Object.entries(headers)) {
    if (name.toLowerCase() === 'accept-encoding') encoding = value;
    else list.push(name, value);
  }
  list.push('accept-encoding', encoding);
  return list;
}
