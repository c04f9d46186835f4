/** The endpoint of a datafile: URL, headers, and their secrets. */
import { checkOption, invalidOption, readString } from '@sortition/core/internal';
import { checkHeaders, parseEndpoint } from '@sortition/http';

const PUBLIC_TEMPLATE = 'https://cdn.optimizely.com/datafiles/%s.json';
const AUTHENTICATED_TEMPLATE = 'https://config.optimizely.com/datafiles/auth/%s.json';

/** The format of the hosted service's keys; only a custom URL accepts other keys. */
const HOSTED_KEY = /^[\w-]{1,128}$/;
/** The keys `.` and `..` would be path segments even when encoded. */
const CUSTOM_KEY = /^(?!\.{1,2}$).{1,1024}$/s;

export interface EndpointOptions {
  readonly sdkKey: string;
  readonly urlTemplate?: string | undefined;
  readonly accessToken?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly insecureHosts?: readonly string[] | undefined;
}

export interface DatafileEndpoint {
  /** The application's URL with the key inserted; nothing else is rewritten. */
  readonly url: string;
  /** Headers of every request, without validators. */
  readonly headers: Readonly<Record<string, string>>;
  /** Texts that must not show in messages. */
  readonly secrets: readonly string[];
  readonly insecureHosts: readonly string[] | undefined;
}

/** The factory whose options these are. */
export const OWNER = 'createPollingConfig';

/** Builds the endpoint. Throws `SdkError` `invalid-option` without quoting the key or the token. */
export function buildEndpoint(options: EndpointOptions): DatafileEndpoint {
  const { sdkKey, accessToken, headers = {}, insecureHosts } = options;
  const urlTemplate = readString(OWNER, options, 'urlTemplate', undefined);
  const segment = encodeKey(sdkKey, urlTemplate === undefined);
  checkOption(OWNER, options, 'accessToken', 'characters that a header can carry', isToken);
  checkOption(OWNER, options, 'headers', 'an object of strings', isRecordOfStrings);
  checkHeaders(headers);
  const template = urlTemplate ?? (accessToken === undefined ? PUBLIC_TEMPLATE : AUTHENTICATED_TEMPLATE);
  // A function, because `$&` in a replacement text would be a pattern.
  const url = template.replaceAll('%s', () => segment);
  parseEndpoint(url, 'urlTemplate', insecureHosts);
  return {
    url,
    headers: { ...headers, ...(accessToken && { authorization: `Bearer ${accessToken}` }) },
    // Short values such as `1` or `gzip` are not secrets, and masking them would garble every message.
    secrets: [sdkKey, accessToken ?? '', ...Object.values(headers)].filter((text) => text.length >= 8),
    insecureHosts,
  };
}

/** Encodes a key as one path segment. A lone surrogate cannot be encoded. */
function encodeKey(sdkKey: string, isHosted: boolean): string {
  try {
    if (typeof sdkKey === 'string' && (isHosted ? HOSTED_KEY : CUSTOM_KEY).test(sdkKey))
      return encodeURIComponent(sdkKey);
  } catch {
    // Refused below.
  }
  const expected = isHosted
    ? '1 to 128 letters, digits, "_" or "-"; copy it from the environment in the service'
    : 'a text of 1 to 1024 characters that can be part of a URL';
  throw invalidOption(OWNER, 'sdkKey', expected, sdkKey);
}

function isToken(value: unknown): boolean {
  return typeof value === 'string' && /^[!-~]+$/.test(value);
}

function isRecordOfStrings(value: unknown): boolean {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject && Object.values(value).every((text) => typeof text === 'string');
}
