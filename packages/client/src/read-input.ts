/** Reading values from callers and foreign parts, which may be missing, of any type, or throw when they are read. */
import { tryPart } from '@sortition/core/internal';

/** Reads fields, each once; fields of an object that cannot be read are absent. */
export function readFields<T extends object, K extends keyof T & string>(
  from: T | null | undefined,
  ...names: readonly K[]
): { readonly [P in K]?: T[P] | undefined } {
  // A getter or a proxy may throw.
  return tryPart(() => Object.fromEntries(names.map((name) => [name, from?.[name]])) as { [P in K]?: T[P] }) ?? {};
}

/** Describes a thrown value in a short text. Never throws. */
export function describeCause(cause: unknown): string {
  return tryPart(() => String(cause instanceof Error ? cause.message : cause)) ?? 'an error that cannot be shown';
}

/** Returns a key as text. */
export function toKey(key: unknown): string {
  return typeof key === 'string' ? key : describeCause(key);
}

/** Returns the flag keys of a list, each once; a value that is not a list, or cannot be read, counts as an empty list. */
export function distinctFlagKeys(flagKeys: unknown): ReadonlySet<string> {
  return new Set(readList(flagKeys)?.map(toKey));
}

/** Copies a list; returns `undefined` for a value that is not a list or cannot be read. */
export function readList(list: unknown): readonly unknown[] | undefined {
  // A revoked proxy throws, and so may the traps of another.
  return tryPart(() => (Array.isArray(list) ? [...list] : undefined));
}

/**
 * Returns the texts in an iterable, each once; `null` for a text itself, and for anything that cannot be iterated or
 * read.
 */
export function readTexts(texts: unknown): ReadonlySet<string> | null {
  // A text is iterable as well. Other values may not be iterable, or their iterator may throw.
  return (
    tryPart(() =>
      typeof texts === 'object'
        ? new Set([...(texts as Iterable<unknown>)].filter((text) => typeof text === 'string'))
        : null,
    ) ?? null
  );
}
