/** Turns the cache's keys, which contain any user ids, into short and printable ones. */

import { toWellFormed } from '@sortition/http';

/** Keys up to this long stay readable. */
const MAX_READABLE_BYTES = 128;

/**
 * Returns the percent-encoded key, or, above 128 bytes, its SHA-256 in hexadecimal digits. A lone surrogate counts as
 * U+FFFD, as on the wire.
 */
export async function redisKeyOf(key: string): Promise<string> {
  const bytes = new TextEncoder().encode(key);
  if (bytes.byteLength <= MAX_READABLE_BYTES) return `user:${encodeURIComponent(toWellFormed(key))}`;
  const digest = await globalThis.crypto.subtle.digest('SHA-256', bytes);
  const hex = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
  return `hash:${hex}`;
}
