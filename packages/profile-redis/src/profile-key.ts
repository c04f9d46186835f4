/** The key of a user's profile. */
import { createHash } from 'node:crypto';

/** Longer ids are hashed: a key costs memory per user, and an id may be of any size. */
const MAX_ID_BYTES = 128;

/** Returns the key: the prefix, then the user id percent-encoded, or its SHA-256 when that takes more than 128 bytes. */
export function profileKey(prefix: string, userId: string): string {
  if (PLAIN.test(userId)) return prefix + userId;
  const wellFormed = userId.replace(LONE_SURROGATES, '\uFFFD');
  const encoded = encodeURIComponent(wellFormed);
  return prefix + (encoded.length <= MAX_ID_BYTES ? encoded : createHash('sha256').update(wellFormed).digest('hex'));
}

/** Ids that percent-encoding does not change. */
const PLAIN = /^[\w.!~*'()-]{0,128}$/;

/** They have no UTF-8 form; bucketing reads them as U+FFFD, too. */
const LONE_SURROGATES = /\p{Surrogate}/gu;
