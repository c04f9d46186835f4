/**
 * Unknown names: options, decide options and event names that are misspelt or come from another SDK.
 *
 * They are reported, not refused, so that an application does not stop working because of an option of a newer version.
 */
import { tryPart } from './call-part.ts';

const MAX_NAME_LENGTH = 60;

/**
 * Returns a text about the options that a factory does not have, with those it has and those that were probably meant;
 * `undefined` when it has all of them. What was meant is guessed with less code than `closestName` takes, for pages.
 *
 * @param elsewhere Name in another SDK to ours, where the two do not resemble each other.
 */
export function listUnknownOptions(
  owner: string,
  options: object,
  known: readonly string[],
  elsewhere: Readonly<Record<string, string>> = {},
): string | undefined {
  const unknown = tryPart(() => Object.keys(options).filter((name) => !known.includes(name))) ?? [];
  if (unknown.length === 0) return undefined;
  const meant = unknown
    .slice(0, 10)
    .flatMap((name) =>
      Object.hasOwn(elsewhere, name) ? elsewhere[name] : similarName(name.slice(0, 40).toLowerCase(), known),
    );
  return `${owner} does not have the option "${unknown.join('", "').slice(0, 200)}"; expected ${known.join(', ')}.${
    meant[0] ? ` Did you mean "${meant.join('", "')}"?` : ''
  }`;
}

/** Returns the shortest name that has half of this one in one piece, at least three letters; otherwise an empty list. */
function similarName(name: string, known: readonly string[]): string[] {
  const half = Math.max(3, Math.ceil(name.length / 2));
  const isSimilar = (candidate: string): boolean => {
    for (let start = 0; start + half <= name.length; start += 1) {
      if (candidate.toLowerCase().includes(name.slice(start, start + half))) return true;
    }
    return false;
  };
  return known
    .filter(isSimilar)
    .sort((one, other) => one.length - other.length)
    .slice(0, 1);
}

/**
 * Returns the sentence about one unknown name.
 *
 * @param kind What the name was meant to be, such as `'option'` or `'event'`.
 */
export function describeUnknownName(
  kind: string,
  owner: string,
  name: string,
  known: readonly string[],
  elsewhere: Readonly<Record<string, string>> = {},
): string {
  const meant = Object.hasOwn(elsewhere, name) ? elsewhere[name] : closestName(name, known);
  const shown = name.length > MAX_NAME_LENGTH ? `${name.slice(0, MAX_NAME_LENGTH)}…` : name;
  const sentence = `${owner} does not have the ${kind} "${shown}"`;
  return meant === undefined ? `${sentence}.` : `${sentence}; did you mean "${meant}"?`;
}

/** Returns the known name that differs from this one by at most a third of its letters, or `undefined`. */
export function closestName(name: string, known: readonly string[]): string | undefined {
  if (name.length > MAX_NAME_LENGTH) return undefined;
  let closest: string | undefined;
  let least = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < least) {
      least = distance;
      closest = candidate;
    }
  }
  return closest;
}

/** The number of letters to insert, remove or replace to turn one text into the other. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let line = 1; line <= from.length; line += 1) {
    const next = [line];
    for (let column = 1; column <= to.length; column += 1) {
      const replaced = (row[column - 1] as number) + (from[line - 1] === to[column - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[column] as number) + 1, (next[column - 1] as number) + 1));
    }
    row = next;
  }
  return row[to.length] as number;
}
