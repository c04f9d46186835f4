/**
 * Sealed texts: encrypted and authenticated with a secret of the server, so that a browser can pass one on but neither
 * read nor change it.
 */
import { SdkError } from '@sortition/core';
import { decodeBase64Url, encodeBase64Url } from './base64url.ts';

const MIN_KEY_LENGTH = 16;
/** Length of the AES-GCM nonce, bytes. */
const NONCE_LENGTH = 12;
/** Prefix of the secret, so that other uses of the same secret have different keys. */
const PURPOSE = 'sortition impression ';

/** A secret of the server, or several: the first one seals, all of them open. */
export type SealKey = string | readonly string[];

/** Returns the secrets. @throws SdkError `invalid-option` unless each is a text of at least 16 characters */
export function readKeys(key: unknown, owner: string): readonly [string, ...string[]] {
  const keys: readonly unknown[] = Array.isArray(key) ? key : [key];
  const areFit = keys.length > 0 && keys.every((one) => typeof one === 'string' && one.length >= MIN_KEY_LENGTH);
  if (!areFit) {
    const expected = `a secret text of at least ${MIN_KEY_LENGTH} characters, or a list of them with the newest first`;
    throw new SdkError('invalid-option', `The option "key" of ${owner} is not valid; expected ${expected}.`);
  }
  return keys as readonly string[] as [string, ...string[]];
}

/** Seals a text; base64url. */
export async function seal(text: string, key: string): Promise<string> {
  const iv = crypto.getRandomValues(new Uint8Array(NONCE_LENGTH));
  const data = new TextEncoder().encode(text);
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, await importKey(key), data);
  return encodeBase64Url(new Uint8Array([...iv, ...new Uint8Array(sealed)]));
}

/** Returns the text that was sealed with one of the secrets; `null` for anything else. */
export async function open(sealed: string, keys: readonly string[]): Promise<string | null> {
  if (!/^[\w-]+$/.test(sealed)) return null;
  for (const key of keys) {
    try {
      const bytes = decodeBase64Url(sealed);
      const algorithm = { name: 'AES-GCM', iv: bytes.subarray(0, NONCE_LENGTH) };
      const text = await crypto.subtle.decrypt(algorithm, await importKey(key), bytes.subarray(NONCE_LENGTH));
      return new TextDecoder().decode(text);
    } catch {
      // Not sealed with this secret, or not sealed.
    }
  }
  return null;
}

async function importKey(secret: string): Promise<CryptoKey> {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(PURPOSE + secret));
  return crypto.subtle.importKey('raw', hash, 'AES-GCM', false, ['encrypt', 'decrypt']);
}
