/** Where a datafile is fetched from: URL, headers, and what of them is secret. */
import { checkHeaders, parseEndpoint } from '@sortition/http';
import { invalid } from './check-option.ts';

const PUBLIC_TEMPLATE = 'https://cdn.optimizely.com/datafiles/%s.json';
const AUTHENTICATED_TEMPLATE = 'https://config.optimizely.com/datafiles/auth/%s.json';

/** The hosted service's keys look like this; only a custom URL may be asked with another. */
const HOSTED_KEY = /^[A-Za-z0-9_-]{1,128}$/;
/** What percent-encoding keeps inside one segment: dot segments would still climb, and half a surrogate has no encoding. */
const SEGMENT = /^(?!\.\.?$)\P{Surrogate}{1,1024}$/u;

export interface EndpointOptions {
  readonly sdkKey: string;
  readonly urlTemplate?: string | undefined;
  readonly accessToken?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

export interface DatafileEndpoint {
  readonly url: string;
  /** Of every request, without validators. */
  readonly headers: Readonly<Record<string, string>>;
  /** Texts that must not show in messages. */
  readonly secrets: readonly string[];
}

/** Builds the endpoint. Throws `SdkError` `invalid-option` without quoting the key or the token. */
export function buildEndpoint(options: EndpointOptions): DatafileEndpoint {
  const { sdkKey, urlTemplate, accessToken, headers = {} } = options;
  if (typeof sdkKey !== 'string' || !(urlTemplate === undefined ? HOSTED_KEY : SEGMENT).test(sdkKey)) {
    throw invalid(
      urlTemplate === undefined
        ? 'sdkKey has to be 1 to 128 letters, digits, "_" or "-"; copy it from the environment in the service.'
        : 'sdkKey has to be a text of 1 to 1024 characters that can be part of a URL.',
    );
  }
  if (accessToken !== undefined && !(typeof accessToken === 'string' && /^[!-~]+$/.test(accessToken))) {
    throw invalid('accessToken is empty or holds characters that no header can carry.');
  }
  const isRecord = typeof headers === 'object' && headers !== null && !Array.isArray(headers);
  if (!isRecord || Object.values(headers).some((value) => typeof value !== 'string')) {
    throw invalid('headers has to be an object of names and texts.');
  }
  checkHeaders(headers);
  const template = urlTemplate ?? (accessToken === undefined ? PUBLIC_TEMPLATE : AUTHENTICATED_TEMPLATE);
  // A replacement function: in a replacement text, `$&` would be a pattern.
  const url = parseEndpoint(
    String(template).replaceAll('%s', () => encodeURIComponent(sdkKey)),
    'urlTemplate',
  ).href;
  return {
    url,
    headers: { ...headers, ...(accessToken && { authorization: `Bearer ${accessToken}` }) },
    // Short values such as `1` or `gzip` are no secrets, and masking them would garble every message.
    secrets: [sdkKey, accessToken ?? '', ...Object.values(headers)].filter((text) => text.length >= 8),
  };
}
