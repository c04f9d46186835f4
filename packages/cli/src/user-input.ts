/** Users from command-line arguments. */
import type { Attributes } from 'sortition';
import { CommandError } from './command-error.ts';

/** Options of every command that takes one user. */
export const USER_ARGS = {
  attribute: {
    type: 'string',
    description: 'Attribute of the user, such as plan=gold, age=30 or beta=true; may be repeated',
    valueHint: 'key=value',
  },
  segment: {
    type: 'string',
    description: 'Segment that the user is in; may be repeated',
    valueHint: 'name',
  },
} as const;

/** Names of the options that may be repeated. */
export const USER_LISTS: readonly string[] = ['attribute', 'segment'];

/**
 * Reads `key=value` pairs. Numbers, `true`, `false`, `null` and texts in double quotes are read as JSON; anything else
 * is a text.
 *
 * @throws CommandError for a text without a key and `=`
 */
export function readAttributes(pairs: readonly string[]): Attributes {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      if (at <= 0) throw new CommandError(`--attribute is "${pair}"; expected key=value, such as plan=gold.`);
      return [pair.slice(0, at), readValue(pair.slice(at + 1))];
    }),
  );
}

/** Reads one value; see `readAttributes`. */
export function readValue(text: string): string | number | boolean | null {
  if (!/^(?:-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|true|false|null|".*")$/i.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text; // 007 and "a"b" are texts
  }
}
