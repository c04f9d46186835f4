/** Objects and lists of callers, which may be missing, or throw when they are looked at. */

/** Reads fields, each once; those of an object that cannot be read are absent. */
export function readFields<T extends object, K extends keyof T & string>(
  from: T | null | undefined,
  ...names: readonly K[]
): { readonly [P in K]?: T[P] | undefined } {
  try {
    return Object.fromEntries(names.map((name) => [name, from?.[name]])) as { readonly [P in K]?: T[P] };
  } catch {
    return {}; // a getter or a proxy that throws
  }
}

/** Copies a list; returns `undefined` for a value that is not a list or cannot be read. */
export function readList(list: unknown): readonly unknown[] | undefined {
  try {
    return Array.isArray(list) ? [...list] : undefined;
  } catch {
    return undefined; // a revoked proxy, or one whose traps throw
  }
}

/** The texts among what can be iterated, each once; `null` for a text itself, and for what cannot be iterated or read. */
export function readTexts(texts: unknown): ReadonlySet<string> | null {
  if (typeof texts !== 'object' || texts === null) return null;
  try {
    return new Set([...(texts as Iterable<unknown>)].filter((text) => typeof text === 'string'));
  } catch {
    return null; // nothing to iterate, or an iterator that throws
  }
}
