/**
 * Names that are not known: options, decide options and event names that were misspelt or come from another SDK.
 *
 * They are reported and not refused, so that an application does not stop working over an option that a newer version has.
 */

const MAX_SHOWN = 10;
const MAX_NAME_LENGTH = 60;

/**
 * Returns a sentence about the options that a factory does not have, or `undefined` when it has all of them.
 *
 * @param owner Name of the factory, for the sentence.
 * @param known Names of all its options.
 * @param elsewhere Name in another SDK to our name for it, or to any other advice such as `'pollIntervalMs'`.
 * @example
 * describeUnknownOptions('createBatchEvents', { flushInterval: 5 }, ['flushIntervalMs']);
 * // 'createBatchEvents does not have the option "flushInterval"; did you mean "flushIntervalMs"?'
 */
export function describeUnknownOptions(
  owner: string,
  options: object,
  known: readonly string[],
  elsewhere: Readonly<Record<string, string>> = {},
): string | undefined {
  const unknown = ownNames(options).filter((name) => !known.includes(name));
  if (unknown.length === 0) return undefined;
  const sentences = unknown
    .slice(0, MAX_SHOWN)
    .map((name) => describeUnknownName('option', owner, name, known, elsewhere));
  const left = unknown.length - sentences.length;
  return sentences.join(' ') + (left > 0 ? ` ${left} more are unknown.` : '');
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

/** How many letters have to be inserted, left out or replaced to make one text of the other. */
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

function ownNames(options: object): readonly string[] {
  try {
    return Object.keys(options);
  } catch {
    return []; // a proxy that does not list its keys
  }
}
