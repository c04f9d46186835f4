/**
 * Which hosts segments and events may be exchanged with. The host comes from a datafile and would receive the API key and
 * user ids, so a document alone must not be able to choose it.
 */
import { SdkError } from '@sortition/core';
import { describeValue } from '@sortition/core/internal';
import { type Endpoint, parseHost, parseInsecureHosts, parseUrl } from '@sortition/http';

/** What `parseAllowedHosts` made of the options. */
export interface AllowedHosts {
  isListed(endpoint: Endpoint): boolean;
  /** Whether the connection is encrypted, or plain to a host that may be asked so. */
  mayBeAsked(endpoint: Endpoint): boolean;
}

const BUILT_IN_HOSTS = ['*.zaius.com', '*.optimizely.com'];

/** Nothing that a URL parser would repair, decode or drop: no user name, path, query, fragment, escape or foreign letter. */
const PLAIN_ORIGIN = /^https?:\/\/(?:[a-z0-9_.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?\/?$/i;

/**
 * Adds entries to the built-in list. Throws `SdkError` `invalid-option` on one that does not name a host.
 *
 * @param insecureHosts Which of the allowed hosts may be asked without TLS, besides this machine.
 */
export function parseAllowedHosts(entries: readonly string[], insecureHosts?: readonly string[]): AllowedHosts {
  if (!Array.isArray(entries)) {
    throw new SdkError('invalid-option', '"allowedHosts" of createOdp must be an array of host names.');
  }
  const hosts = [...BUILT_IN_HOSTS, ...entries].map(parseEntry);
  return {
    isListed: (endpoint) => hosts.some((isThatOf) => isThatOf(endpoint)),
    mayBeAsked: parseInsecureHosts(insecureHosts),
  };
}

/**
 * Returns the origin to send to, without a slash at the end. Throws `SdkError` `invalid-option` unless the host is allowed
 * and the connection is encrypted, or plain to a host that may be asked so. Hosts are compared as they are written: an
 * address in another spelling (decimal, octal, abbreviated) is another host.
 */
export function checkApiHost(apiHost: string, { isListed, mayBeAsked }: AllowedHosts): string {
  if (typeof apiHost !== 'string' || !PLAIN_ORIGIN.test(apiHost)) throw notAnOrigin();
  const endpoint = parseUrl(apiHost, 'apiHost');
  if (Number(endpoint.port) > 65_535) throw notAnOrigin();
  const { host, origin } = endpoint;
  if (!isListed(endpoint))
    throw refusal(`${host} is not on the list; add it to "allowedHosts" of createOdp if it is yours`);
  if (!mayBeAsked(endpoint)) throw refusal(`${host} needs https, or has to be named in "insecureHosts"`);
  return origin;
}

function parseEntry(entry: unknown): (endpoint: Endpoint) => boolean {
  // An IPv6 address may come without the brackets that a URL needs.
  const isBare = typeof entry === 'string' && /^[0-9a-f:]*:[0-9a-f.:]*:[0-9a-f.:]*$/i.test(entry);
  const isThatOf = parseHost(isBare ? `[${entry}]` : entry);
  if (isThatOf) return isThatOf;
  throw new SdkError(
    'invalid-option',
    `"allowedHosts" of createOdp holds ${describeValue(entry)} that is not a host; expected a name such as odp.example.com, *.example.com or 127.0.0.1:4010.`,
  );
}

function notAnOrigin(): SdkError {
  return refusal('is not a plain origin; expected something like https://api.zaius.com');
}

function refusal(reason: string): SdkError {
  return new SdkError('invalid-option', `ODP is off: the host in the datafile ${reason}.`);
}
