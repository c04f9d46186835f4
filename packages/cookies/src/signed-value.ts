/**
 * Signed cookie values, for what a server must not take from a visitor unseen.
 *
 * The identity cookie itself cannot be signed, for the page writes it. Keep a second, `HttpOnly` cookie with the signed
 * device id beside it and compare: a device id that another person chose (session fixation, a copied cookie) is then noticed.
 */
import { encodeUtf8 } from './base64.ts';
import { check } from './check.ts';

/** HMAC-SHA-256 as unpadded base64url. */
const SIGNATURE_LENGTH = 43;

/**
 * Returns `value`, a dot and its HMAC-SHA-256 in base64url.
 *
 * @param value 1 to 2,048 characters that a cookie value may have (no spaces, quotes, `,`, `;` or `\`).
 * @param key The secret, at least 16 characters.
 */
export async function signCookieValue(value: string, key: string): Promise<string> {
  check(
    typeof value === 'string' && /^[!#-+\--:<-[\]-~]{1,2048}$/.test(value),
    'The value to sign must be 1 to 2,048 characters that a cookie may have: encode it first.',
  );
  const signature = await crypto.subtle.sign('HMAC', await importKey(key), encodeUtf8(value));
  return `${value}.${encodeBase64Url(new Uint8Array(signature))}`;
}

/**
 * Returns the value when its signature is by one of the keys, else `undefined`; compares in constant time.
 *
 * @param keys The newest first; keep old ones for as long as cookies signed with them live.
 */
export async function verifyCookieValue(
  signed: string | null | undefined,
  keys: readonly string[],
): Promise<string | undefined> {
  if (typeof signed !== 'string' || signed.length > 4096) return undefined;
  const end = signed.length - SIGNATURE_LENGTH - 1;
  const signature = decodeBase64Url(signed.slice(end + 1));
  if (end < 1 || signed[end] !== '.' || signature === undefined) return undefined;
  const value = signed.slice(0, end);
  const bytes = encodeUtf8(value);
  for (const key of keys) {
    if (await crypto.subtle.verify('HMAC', await importKey(key), signature, bytes)) return value;
  }
  return undefined;
}

function importKey(key: string): Promise<CryptoKey> {
  check(typeof key === 'string' && key.length >= 16, 'A signing key must be a text of at least 16 characters.');
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  return crypto.subtle.importKey('raw', encodeUtf8(key), algorithm, false, ['sign', 'verify']);
}

function encodeBase64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=/g, '');
}

function decodeBase64Url(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[\w-]{43}$/.test(text)) return undefined;
  return Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (byte) => byte.charCodeAt(0));
}
