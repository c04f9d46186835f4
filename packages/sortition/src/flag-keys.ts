/** Flag keys as callers hand them over: JavaScript callers may hand over anything, and a decide call must not throw. */
import { describeCause } from './describe-cause.ts';

/** Returns a key as text. */
export function toFlagKey(key: unknown): string {
  return typeof key === 'string' ? key : describeCause(key);
}

/** Returns the keys of a list, each once; anything that is no list of keys, or cannot be read, has none. */
export function distinctFlagKeys(flagKeys: unknown): ReadonlySet<string> {
  try {
    return new Set(Array.isArray(flagKeys) ? flagKeys.map(toFlagKey) : []);
  } catch {
    return new Set(); // a list whose entries throw when they are read
  }
}
