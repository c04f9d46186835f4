/** Expected events: `purchase>=2`, `impression/checkout`, `sale=0`. */
import type { CollectedEvent } from '@sortition/emulator';
import { CommandError } from '../command-error.ts';

/** A number of events of one kind. */
export interface Expectation {
  /** The expectation as written in the option. */
  readonly text: string;
  /** Events it counts. */
  matches(event: CollectedEvent): boolean;
  holds(count: number): boolean;
}

const PATTERN = /^([^=<>]+)(?:(>=|<=|=|>|<)(\d+))?$/;

const COMPARISONS: Readonly<Record<string, (count: number, bound: number) => boolean>> = {
  '>=': (count, bound) => count >= bound,
  '<=': (count, bound) => count <= bound,
  '=': (count, bound) => count === bound,
  '>': (count, bound) => count > bound,
  '<': (count, bound) => count < bound,
};

/**
 * Reads an expectation: the key of a conversion, or `impression`, or `impression/<flag key>`; then a comparison, `>=1` unless
 * given.
 *
 * @throws CommandError
 */
export function readExpectation(text: string): Expectation {
  const [, name = '', comparison = '>=', bound = '1'] = PATTERN.exec(text) ?? [];
  if (name === '')
    throw new CommandError(
      `--expect is "${text}"; expected an event such as "purchase>=2", "sale=0" or "impression/checkout".`,
    );
  const [kind, flagKey] = name.split('/', 2);
  const matches = (event: CollectedEvent): boolean =>
    kind === 'impression'
      ? event.kind === 'impression' && (flagKey === undefined || event.decision?.flagKey === flagKey)
      : event.kind === 'conversion' && event.key === name;
  return { text, matches, holds: (count) => COMPARISONS[comparison]?.(count, Number(bound)) ?? false };
}
