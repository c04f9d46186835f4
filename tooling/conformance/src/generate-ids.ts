/** Ids and keys that are unique within a datafile, plain or odd. */
import type { Random } from './random.ts';

/** Hands out ids and keys. */
export interface Ids {
  /** An id no other entity of the datafile has. */
  next(): string;
  /** A key no other entity of that kind has. */
  nextKey(kind: string): string;
}

/** Odd but legal: integer-like keys are enumerated first by objects, others look like numbers and are not. */
const ODD_TEXTS = [
  '0',
  '-1',
  '01',
  '1e3',
  '7',
  'ünïq',
  'a b',
  ' ',
  '😀',
  '%s',
  'and',
  'or',
  '4294967295',
  '日本',
  '"',
  '\\',
];

/** Creates the ids of one datafile: mostly numeric ones as the service has them, in some datafiles odd ones too. */
export function createIds(random: Random): Ids {
  const odd = random.chance(0.4) ? random.shuffle(ODD_TEXTS) : [];
  const oddKeys = new Map<string, string[]>();
  const oddShare = random.chance(0.5) ? 0.3 : 0;
  let count = random.between(1, 9) * 1000;
  return {
    next: () => {
      const text = random.chance(0.1) ? odd.pop() : undefined;
      count += 1;
      return text ?? (random.chance(0.9) ? String(count) : `id-${count}`);
    },
    nextKey: (kind) => {
      count += 1;
      if (!random.chance(oddShare)) return `${kind}_${count}`;
      const left = oddKeys.get(kind) ?? random.shuffle(ODD_TEXTS);
      oddKeys.set(kind, left);
      return left.pop() ?? `${kind}_${count}`;
    },
  };
}
