/** Generates tracked events: keys the datafile may not have, and tags of every kind JSON and JavaScript have between them. */
import type { Random } from './random.ts';
import { NUMBERS_OF_USERS, STRINGS } from './vocabulary.ts';

/** One call of `trackEvent`. */
export interface Tracked {
  readonly eventKey: string;
  /** Made anew for each side: the official SDK changes the tags it is given. */
  readonly tags: () => unknown;
}

const REVENUES: readonly unknown[] = [
  0,
  1,
  -1,
  12.9,
  -12.9,
  '12.5abc',
  '0x10',
  '  7',
  'abc',
  '',
  true,
  false,
  null,
  Number.NaN,
  Infinity,
  [],
  [5],
  {},
  '1e3',
  1e21,
];
const VALUES: readonly unknown[] = [
  0,
  1.5,
  -2,
  '1e3',
  '7 apples',
  'apples',
  '',
  null,
  undefined,
  Number.NaN,
  -Infinity,
  true,
  [],
  [5],
  {},
  1e308,
];
const ODD_TAGS: readonly unknown[] = [undefined, null, [], ['a'], 'text', '', 0, 7, true, () => 1];

/** Generates a call. */
export function generateTracked(random: Random): Tracked {
  const eventKey = random.chance(0.9)
    ? 'purchase'
    : random.pick(['unknown', '', 'Purchase', '__proto__', 'constructor']);
  if (random.chance(0.15)) {
    const odd = random.pick(ODD_TAGS);
    return { eventKey, tags: () => (Array.isArray(odd) ? [...odd] : odd) };
  }
  const entries: [string, unknown][] = [];
  if (random.chance(0.5)) entries.push(['revenue', random.pick(REVENUES)]);
  if (random.chance(0.5)) entries.push(['value', random.pick(VALUES)]);
  for (let left = random.below(4); left > 0; left -= 1) entries.push([random.pick(TAG_KEYS), generateTag(random, 3)]);
  const shuffled = random.shuffle(entries);
  return { eventKey, tags: () => structuredClone(Object.fromEntries(shuffled)) };
}

const TAG_KEYS = ['colour', 'größe', '', '7', '$opt_event_properties', 'toString', 'note'] as const;

function generateTag(random: Random, depth: number): unknown {
  const kind = random.below(depth > 0 ? 9 : 6);
  if (kind < 2) return random.pick(STRINGS);
  if (kind < 4) return random.pick(NUMBERS_OF_USERS);
  if (kind === 4) return random.pick([true, false, null, undefined]);
  if (kind === 5) return new Date(random.below(2 ** 31) * 1_000);
  const size = random.below(4);
  if (kind === 6) return Array.from({ length: size }, () => generateTag(random, depth - 1));
  return Object.fromEntries(
    Array.from({ length: size }, () => [random.pick(TAG_KEYS), generateTag(random, depth - 1)]),
  );
}
