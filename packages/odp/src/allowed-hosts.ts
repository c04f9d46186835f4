/**
 * Which hosts segments and events may be exchanged with. The host comes from a datafile and would receive the API key and
 * user ids, so a document alone must not be able to choose it.
 */
import { SdkError } from '@sortition/core';
import { isLoopbackHost } from '@sortition/http';

interface HostPattern {
  /** Canonical name; the part after `*` for a pattern with subdomains. */
  readonly name: string;
  readonly subdomains: boolean;
  /** `undefined`: every port. */
  readonly port: string | undefined;
}

/** What `parseAllowedHosts` made of a list. */
export type AllowedHosts = readonly HostPattern[];

const BUILT_IN_HOSTS = ['*.zaius.com', '*.optimizely.com'];

/** Nothing that a URL parser would repair, decode or drop: no user name, path, query, fragment, escape or foreign letter. */
const PLAIN_ORIGIN = /^https?:\/\/(?:[a-z0-9_.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?\/?$/i;

/** Adds entries to the built-in list. Throws `SdkError` `invalid-option` on one that names no host. */
export function parseAllowedHosts(entries: readonly string[]): AllowedHosts {
  if (!Array.isArray(entries)) {
    throw new SdkError('invalid-option', '"allowedHosts" of createOdp must be an array of host names.');
  }
  return [...BUILT_IN_HOSTS, ...entries].map(parsePattern);
}

/**
 * Returns the origin to send to, without a slash at the end. Throws `SdkError` `invalid-option` unless the host is allowed
 * and the connection is encrypted, or plain to a loopback name that is listed.
 */
export function checkApiHost(apiHost: string, allowed: AllowedHosts): string {
  if (typeof apiHost !== 'string' || !PLAIN_ORIGIN.test(apiHost) || !URL.canParse(apiHost)) {
    throw refusal('is no plain origin such as https://api.zaius.com');
  }
  const url = new URL(apiHost);
  // An address in another spelling (decimal, octal, abbreviated) was not meant for people to read.
  if (!apiHost.toLowerCase().startsWith(`${url.protocol}//${url.hostname}`)) {
    throw refusal('spells its address in an unusual way');
  }
  if (!allowed.some((pattern) => matches(pattern, url))) {
    throw refusal(`${url.host} is not on the list; add it to "allowedHosts" of createOdp if it is yours`);
  }
  if (url.protocol !== 'https:' && !isLoopbackHost(url.hostname)) throw refusal(`${url.host} needs https`);
  return url.origin;
}

function matches({ name, subdomains, port }: HostPattern, url: URL): boolean {
  if (port !== undefined && port !== (url.port || (url.protocol === 'https:' ? '443' : '80'))) return false;
  return subdomains ? url.hostname.endsWith(name) : url.hostname === name;
}

function parsePattern(entry: string): HostPattern {
  const text = typeof entry === 'string' ? entry : '';
  // An IPv6 address may come without the brackets that a URL needs.
  const bare = /^[0-9a-f:]*:[0-9a-f.:]*:[0-9a-f.:]*$/i.test(text) ? `[${text}]` : text;
  const parts = /^(\*\.)?([a-z0-9_.-]+|\[[0-9a-f:.]+\])(?::(\d{1,5}))?$/i.exec(bare);
  const host = parts?.[2]?.toLowerCase();
  if (parts === null || host === undefined || !URL.canParse(`http://${host}`)) {
    throw new SdkError(
      'invalid-option',
      `"allowedHosts" of createOdp holds ${JSON.stringify(entry)}; a name such as odp.example.com, *.example.com or 127.0.0.1:4010 was expected.`,
    );
  }
  const { hostname } = new URL(`http://${host}`);
  return { name: parts[1] ? `.${hostname}` : hostname, subdomains: parts[1] !== undefined, port: parts[3] };
}

function refusal(reason: string): SdkError {
  return new SdkError('invalid-option', `ODP is off: the host in the datafile ${reason}.`);
}
