/** Which URLs may be called: secrets and decisions are not sent unencrypted. */
import { SdkError } from '@sortition/core/errors';
import { type Endpoint, parseUrl } from './url.ts';

/**
 * Parses the URL of a service. Throws an `SdkError` with the code `invalid-option` unless it is https, or plain http to
 * this machine or to one of `insecureHosts`; the message shows the host but not the path, which may contain a key.
 *
 * @param option Name of the option the URL came from.
 * @param insecureHosts As given by the application; see `parseInsecureHosts`.
 */
export function parseEndpoint(url: string, option: string, insecureHosts?: readonly string[] | null): Endpoint {
  const endpoint = parseUrl(url, option);
  if (parseInsecureHosts(insecureHosts)(endpoint)) return endpoint;
  throw new SdkError(
    'invalid-option',
    `${option} is ${endpoint.origin}; expected an https URL. Plain http is for this machine and for hosts named in insecureHosts.`,
  );
}

/**
 * Reads the option `insecureHosts`: the hosts that may be reached without TLS, such as `evaluation-proxy`,
 * `evaluation-proxy:3546` or `*.svc.cluster.local`. Returns a function that says whether an endpoint may be called:
 * over https, on this machine, or on one of these hosts. Throws an `SdkError` with the code `invalid-option` for
 * anything but a list of hosts.
 */
export function parseInsecureHosts(
  insecureHosts: readonly string[] | null | undefined,
): (endpoint: Endpoint) => boolean {
  const given: unknown = insecureHosts ?? [];
  const hosts = Array.isArray(given) ? given.map(parseHost) : [undefined];
  if (hosts.includes(undefined)) {
    throw new SdkError('invalid-option', 'insecureHosts is not a list of host names; expected e.g. ["proxy:3546"].');
  }
  return (endpoint) =>
    endpoint.protocol === 'https:' ||
    isLoopbackHost(endpoint.hostname) ||
    hosts.some((isThatOf) => isThatOf?.(endpoint));
}

/** A name, a name with `*.` for its subdomains, or an address; with a port to allow that port only. */
const HOST = /^(\*\.)?([\w.-]+|\[[\da-f:.]+\])(?::([1-9]\d{0,4}))?$/;

/**
 * Reads an entry of a list of hosts. Returns a function that says whether an endpoint has this host; `undefined` when
 * the entry is not a host.
 */
export function parseHost(host: unknown): ((endpoint: Endpoint) => boolean) | undefined {
  const parts = typeof host === 'string' && HOST.exec(host.toLowerCase());
  if (!parts || Number(parts[3]) > 65_535) return undefined;
  const [, subdomains, name, port] = parts;
  return ({ hostname, protocol, port: own }) => {
    const isNamed = subdomains ? hostname.endsWith(`.${name}`) : hostname === name;
    return isNamed && (!port || port === (own || (protocol === 'https:' ? '443' : '80')));
  };
}

/**
 * Returns whether a host from `parseUrl` is this machine. Names below `localhost` are not: their addresses come from
 * DNS, which may return any address.
 */
function isLoopbackHost(hostname: string): boolean {
  return /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[[0:]*:0{0,3}1\])$/.test(hostname);
}
