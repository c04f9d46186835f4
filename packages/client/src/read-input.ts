/** What callers and foreign parts hand over: it may be missing, of any type, or throw when it is looked at. */
import { tryPart } from '@sortition/core/internal';

/** Reads fields, each once; those of an object that cannot be read are absent. */
export function readFields<T extends object, K extends keyof T & string>(
  from: T | null | undefined,
  ...names: readonly K[]
): { readonly [P in K]?: T[P] | undefined } {
  // A getter or a proxy may throw.
  return tryPart(() => Object.fromEntries(names.map((name) => [name, from?.[name]])) as { [P in K]?: T[P] }) ?? {};
}

/** Describes a thrown value in a short text. Never throws. */
export function describeCause(cause: unknown): string {
  return tryPart(() => (cause instanceof Error ? cause.message : String(cause))) ?? 'an error that cannot be shown';
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

/** The texts among what can be iterated, each once; `null` for a text itself, and for what cannot be iterated or read. */
export function readTexts(texts: unknown): ReadonlySet<string> | null {
  // A text can be iterated as well. Anything else may have nothing to iterate, or an iterator that throws.
  return (
    tryPart(() =>
      typeof texts === 'object'
        ? new Set([...(texts as Iterable<unknown>)].filter((text) => typeof text === 'string'))
        : null,
    ) ?? null
  );
}
