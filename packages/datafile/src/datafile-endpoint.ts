/** Where a datafile is fetched from: URL, headers, and what of them is secret. */
import { SdkError } from '@sortition/core';
import { checkHeaders, parseEndpoint } from '@sortition/http';

const PUBLIC_TEMPLATE = 'https://cdn.optimizely.com/datafiles/%s.json';
const AUTHENTICATED_TEMPLATE = 'https://config.optimizely.com/datafiles/auth/%s.json';

/** The hosted service's keys look like this; only a custom URL may be asked with another. */
const HOSTED_KEY = /^[A-Za-z0-9_-]{1,128}$/;
const MAX_CUSTOM_KEY_LENGTH = 1_024;

export interface EndpointOptions {
  readonly sdkKey: string;
  readonly urlTemplate?: string | undefined;
  readonly accessToken?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly insecureHosts?: readonly string[] | undefined;
}

export interface DatafileEndpoint {
  /** As the application wrote it, with the key put in: nothing in it is rewritten. */
  readonly url: string;
  /** Of every request, without validators. */
  readonly headers: Readonly<Record<string, string>>;
  /** Texts that must not show in messages. */
  readonly secrets: readonly string[];
  readonly insecureHosts: readonly string[] | undefined;
}

/** Builds the endpoint. Throws `SdkError` `invalid-option` without quoting the key or the token. */
export function buildEndpoint(options: EndpointOptions): DatafileEndpoint {
  const { sdkKey, urlTemplate, accessToken, headers = {}, insecureHosts } = options;
  const segment = urlTemplate === undefined ? readHostedKey(sdkKey) : readCustomKey(sdkKey);
  if (accessToken !== undefined && !(typeof accessToken === 'string' && /^[!-~]+$/.test(accessToken))) {
    throw invalid('accessToken is empty or holds characters that no header can carry.');
  }
  const isRecord = typeof headers === 'object' && headers !== null && !Array.isArray(headers);
  if (!isRecord || Object.values(headers).some((value) => typeof value !== 'string')) {
    throw invalid('headers is not an object of strings; expected header names with their values.');
  }
  checkHeaders(headers);
  const template = urlTemplate ?? (accessToken === undefined ? PUBLIC_TEMPLATE : AUTHENTICATED_TEMPLATE);
  // A replacement function: in a replacement text, `$&` would be a pattern.
  const url = String(template).replaceAll('%s', () => segment);
  parseEndpoint(url, 'urlTemplate', insecureHosts);
  return {
    url,
    headers: { ...headers, ...(accessToken && { authorization: `Bearer ${accessToken}` }) },
    // Short values such as `1` or `gzip` are not secrets, and masking them would garble every message.
    secrets: [sdkKey, accessToken ?? '', ...Object.values(headers)].filter((text) => text.length >= 8),
    insecureHosts,
  };
}

function readHostedKey(sdkKey: unknown): string {
  if (typeof sdkKey === 'string' && HOSTED_KEY.test(sdkKey)) return sdkKey;
  throw invalid(
    'sdkKey is not an SDK key; expected 1 to 128 letters, digits, "_" or "-". Copy it from the environment in the service.',
  );
}

/** Encodes a key as one segment of a path. Dot segments would still climb, and half a surrogate pair has no encoding. */
function readCustomKey(sdkKey: unknown): string {
  const isText = typeof sdkKey === 'string' && sdkKey !== '' && sdkKey.length <= MAX_CUSTOM_KEY_LENGTH;
  if (isText && sdkKey !== '.' && sdkKey !== '..') {
    try {
      return encodeURIComponent(sdkKey);
    } catch {
      // Half a surrogate pair: refused below.
    }
  }
  throw invalid('sdkKey cannot be part of a URL; expected a text of 1 to 1024 characters.');
}

function invalid(message: string): SdkError {
  return new SdkError('invalid-option', message);
}
