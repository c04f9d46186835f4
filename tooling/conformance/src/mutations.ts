/** Datafiles with one value replaced: every place of the document, by values of every kind. */

/** Stands for a number beyond the largest double, which JSON text can hold and JSON.stringify cannot write. */
const TOO_LARGE = '@1e400@';

/** Fourteen values, one of each kind that turns up where another was expected. */
export const REPLACEMENTS: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  TOO_LARGE,
  '',
  'text',
  '5',
  [],
  [null],
  {},
  { a: 1 },
];

/** A place in a document: the keys that lead to it. */
export type Pointer = readonly (string | number)[];

/** Returns every place in a document but its root. */
export function pointersOf(document: unknown, path: Pointer = []): Pointer[] {
  if (typeof document !== 'object' || document === null) return [];
  const keys = Array.isArray(document) ? [...document.keys()] : Object.keys(document);
  return keys.flatMap((key) => {
    const child = [...path, key];
    return [child, ...pointersOf((document as Record<string | number, unknown>)[key], child)];
  });
}

/** Returns the text of a document with the value at one place replaced. */
export function replaceAt(document: unknown, pointer: Pointer, value: unknown): string {
  const copy = structuredClone(document);
  const parent = pointer
    .slice(0, -1)
    .reduce<unknown>((node, key) => (node as Record<string | number, unknown>)[key], copy);
  (parent as Record<string | number, unknown>)[pointer.at(-1) as string | number] = value;
  return JSON.stringify(copy).replaceAll(`"${TOO_LARGE}"`, '1e400');
}
