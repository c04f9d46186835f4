/**
 * The hosts with which segments and events may be exchanged. The host comes from a datafile and receives the API key
 * and user ids, so a datafile alone must not be able to choose it.
 */
import { SdkError } from '@sortition/core';
import { describeValue } from '@sortition/core/internal';
import { type Endpoint, parseHost, parseInsecureHosts, parseUrl } from '@sortition/http';

/** The parsed list of hosts. */
export interface AllowedHosts {
  isListed(endpoint: Endpoint): boolean;
  /** Returns whether the connection is encrypted, or plain http to a host for which that is allowed. */
  mayBeAsked(endpoint: Endpoint): boolean;
}

const BUILT_IN_HOSTS = ['*.zaius.com', '*.optimizely.com'];

/**
 * Refuses everything that a URL parser would repair, decode or drop: user names, paths, queries, fragments, escapes and
 * non-ASCII letters.
 */
const PLAIN_ORIGIN = /^https?:\/\/(?:[a-z0-9_.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?\/?$/i;

/**
 * Adds entries to the built-in list. Throws an `SdkError` with the code `invalid-option` for an entry that is not a
 * host.
 *
 * @param insecureHosts The allowed hosts that may be reached without TLS, besides this machine.
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
 * Returns the origin without a slash at the end. Throws an `SdkError` with the code `invalid-option` unless the host is
 * allowed and the connection is encrypted or may be plain. Hosts are compared as text: an address in another spelling
 * (decimal, octal, abbreviated) is another host.
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
  // An IPv6 address may be given without the brackets of a URL.
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
