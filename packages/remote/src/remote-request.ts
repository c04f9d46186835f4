/**
 * The request to the service. The user is sent in a header of a GET, so that the service's CDN can cache the response,
 * or in the body of a POST when the header would be too long for proxies.
 */
import { invalid } from './remote-config.ts';
import { formatUser, type RemoteUser } from './remote-user.ts';

/** Options of a request. */
export interface RemoteRequestOptions {
  /** Only these flags; an empty list means none. */
  readonly flagKeys?: readonly string[] | null | undefined;
  /** Whether the service records assignments; `true` by default. */
  readonly tracksAssignment?: boolean | null | undefined;
  /** Whether the service records exposures; `false` by default. */
  readonly tracksExposure?: boolean | null | undefined;
}

/** Method, headers and body, ready to send. */
export interface RemoteRequest {
  readonly method: 'GET' | 'POST';
  readonly headers: Record<string, string>;
  readonly body?: string;
}

/** Text as unpadded base64url of its UTF-8. */
export type EncodeText = (text: string) => string;

/** Limit of the encoded user and flag keys in headers; many proxies accept 8 KiB for all headers together. */
const MAX_HEADER_LENGTH = 8_000;

/** @throws SdkError `invalid-user`, `invalid-option`. */
export function buildRequest(
  user: RemoteUser,
  { flagKeys, tracksAssignment, tracksExposure }: RemoteRequestOptions,
  deploymentKey: string,
  encode: EncodeText,
): RemoteRequest {
  const headers: Record<string, string> = { authorization: `Api-Key ${deploymentKey}` };
  if (flagKeys != null) headers['x-amp-exp-flag-keys'] = encode(JSON.stringify(checkFlagKeys(flagKeys)));
  // `false` has a different meaning than an absent header.
  if (tracksAssignment != null) headers['x-amp-exp-track'] = tracksAssignment ? 'track' : 'no-track';
  if (tracksExposure != null) headers['x-amp-exp-exposure-track'] = tracksExposure ? 'track' : 'no-track';

  const json = formatUser(user);
  // Base64 is a third longer than what it encodes.
  const encoded = json.length <= MAX_HEADER_LENGTH ? encode(json) : json;
  if (encoded.length + (headers['x-amp-exp-flag-keys']?.length ?? 0) <= MAX_HEADER_LENGTH) {
    headers['x-amp-exp-user'] = encoded;
    return { method: 'GET', headers };
  }
  headers['content-type'] = 'application/json';
  return { method: 'POST', headers, body: json };
}

/** @throws SdkError `invalid-option` */
export function checkFlagKeys(flagKeys: readonly string[]): readonly string[] {
  const isList = Array.isArray(flagKeys) && flagKeys.every((flagKey) => typeof flagKey === 'string');
  if (!isList) throw invalid('flagKeys', 'a list of texts');
  return flagKeys;
}

/** `EncodeText` without APIs that some runtimes lack. */
export function encodeText(text: string): string {
  const bytes = encodeURIComponent(text).replace(/%(..)/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return btoa(bytes).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '');
}
