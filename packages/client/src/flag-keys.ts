/** Flag keys as callers hand them over: JavaScript callers may hand over anything, and a decide call must not throw. */
import { describeCause } from './describe-cause.ts';
import { readList } from './read-input.ts';

/** Returns a key as text. */
export function toFlagKey(key: unknown): string {
  return typeof key === 'string' ? key : describeCause(key);
}

/** Returns the keys of a list, each once; a value that is not a list, or cannot be read, counts as an empty list. */
export function distinctFlagKeys(flagKeys: unknown): ReadonlySet<string> {
  return new Set(readList(flagKeys)?.map(toFlagKey));
}
