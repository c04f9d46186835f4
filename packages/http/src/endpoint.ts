/**
 * Which URLs may be called at all: secrets and decisions do not travel in the clear.
 *
 * URLs are taken apart by hand. React Native's own `URL` has no `username` and adds slashes, and `URL.canParse` is missing
 * in many runtimes. What is accepted is narrower than what `URL` accepts: nothing that a parser would repair, so that the
 * host that is checked is the host that is called, and the caller's own text can be sent as it is.
 */
import { SdkError } from '@sortition/core/errors';

/** The parts of an absolute http or https URL. */
export interface Endpoint {
  /** The text as it was given. */
  readonly href: string;
  readonly protocol: 'http:' | 'https:';
  /** In lower case; an IPv6 address with its brackets. */
  readonly hostname: string;
  /** As written, else that of the protocol. */
  readonly port: string;
  /** `hostname`, and `port` unless it is that of the protocol. */
  readonly host: string;
  readonly origin: string;
  /** `/` when the URL has none; dots and escapes as written. */
  readonly pathname: string;
  /** With its question mark; `''` when the URL has none. */
  readonly search: string;
  /** With its `#`; `''` when the URL has none. */
  readonly hash: string;
}

/** Protocol, host, port, path, query, fragment; no white space, no control character, no backslash in the path. */
const PLAIN_URL =
  /^(?=[!-\uffff]+$)(https?:)\/\/([\w.\x80-\uffff-]+|\[[\da-f:.]+\])(?::(\d{1,5}))?(\/[^?#\\]*)?(\?[^#]*)?(#.*)?$/i;

/**
 * Takes apart any absolute http or https URL. Throws `SdkError` `invalid-option`, without the text, on anything else and on
 * a URL with a user name or a password.
 *
 * @param option Name of the option the URL came from.
 */
export function parseUrl(url: string, option: string): Endpoint {
  const parts = PLAIN_URL.exec(url);
  if (!parts) {
    const problem = /^\w+:\/*[^/?#]*@/.test(url)
      ? 'holds a user name or password; pass credentials as headers instead.'
      : 'is not an absolute URL; expected something like https://example.com/path, without spaces.';
    throw new SdkError('invalid-option', `${option} ${problem}`);
  }
  const [, scheme = '', name = '', given, pathname = '/', search = '', hash = ''] = parts;
  const protocol = scheme.toLowerCase() as Endpoint['protocol'];
  const usual = protocol === 'https:' ? '443' : '80';
  const port = String(Number(given ?? usual));
  const hostname = name.toLowerCase();
  const host = port === usual ? hostname : `${hostname}:${port}`;
  return { href: String(url), protocol, hostname, port, host, origin: `${protocol}//${host}`, pathname, search, hash };
}

/**
 * Takes apart the URL of a service. Throws `SdkError` `invalid-option` unless it is https, or plain http to this machine or
 * to one of `insecureHosts`; the message shows the host but not the path, which may hold a key.
 *
 * @param option Name of the option the URL came from.
 * @param insecureHosts As given by the application; see `parseInsecureHosts`.
 */
export function parseEndpoint(url: string, option: string, insecureHosts?: readonly string[] | null): Endpoint {
  const endpoint = parseUrl(url, option);
  const mayBePlain = parseInsecureHosts(insecureHosts);
  if (endpoint.protocol === 'https:' || isLoopbackHost(endpoint.hostname) || mayBePlain(endpoint)) return endpoint;
  throw new SdkError(
    'invalid-option',
    `${option} is ${endpoint.origin}; expected an https URL. Plain http is for this machine and for hosts named in insecureHosts.`,
  );
}

/** A name, a name with `*.` for its subdomains, or an address; with a port to allow that port only. */
const HOST = /^(\*\.)?([\w.-]+|\[[\da-f:.]+\])(?::(\d+))?$/i;

/**
 * Reads the option `insecureHosts`: the hosts that may be asked without TLS, such as `evaluation-proxy`,
 * `evaluation-proxy:3546` or `*.svc.cluster.local`. Throws `SdkError` `invalid-option` on anything else than a list of them.
 */
export function parseInsecureHosts(
  insecureHosts: readonly string[] | null | undefined,
): (endpoint: Pick<Endpoint, 'hostname' | 'port'>) => boolean {
  const hosts = Array.isArray(insecureHosts ?? [])
    ? (insecureHosts ?? []).map((host) => (typeof host === 'string' ? HOST.exec(host) : null))
    : [null];
  if (hosts.includes(null)) {
    throw new SdkError('invalid-option', 'insecureHosts is not a list of host names; expected e.g. ["proxy:3546"].');
  }
  return ({ hostname, port }) =>
    hosts.some((parts) => {
      const name = parts?.[2]?.toLowerCase();
      const isNamed = parts?.[1] ? hostname.endsWith(`.${name}`) : hostname === name;
      return isNamed && (parts?.[3] ?? port) === port;
    });
}

/**
 * Whether a host, as `parseUrl` gives it, is this machine. Names below `localhost` are not among them: their addresses come
 * from DNS, which may answer anything.
 */
export function isLoopbackHost(hostname: string): boolean {
  return /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[[0:]*:0{0,3}1\])$/.test(hostname);
}
