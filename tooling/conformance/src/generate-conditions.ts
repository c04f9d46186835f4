/**
 * Generates audience conditions: trees over leaves of every match type, with fitting and unfitting values.
 *
 * An array whose first element is not a string always gets an operator in front: what the official SDK makes of the rest is
 * the deviation D2.
 */
import type { Random } from './random.ts';
import { ATTRIBUTE_KEYS, NUMBERS, SEGMENTS, STRINGS, VERSIONS } from './vocabulary.ts';

type Json = unknown;

const OPERATORS = ['and', 'or', 'not'] as const;

const NUMERIC = ['gt', 'ge', 'lt', 'le'] as const;
const VERSION = ['semver_eq', 'semver_gt', 'semver_ge', 'semver_lt', 'semver_le'] as const;

/** Values no match type works with. */
const ODD_VALUES: readonly Json[] = [null, [], {}, [1], { a: 1 }, true, '', 0, undefined];

/** Generates the `conditions` of an audience. */
export function generateConditions(random: Random): Json {
  if (random.chance(0.04)) return generateLeaf(random);
  return generateTree(random, random.between(0, 3), () => generateLeaf(random));
}

/** A tree over audience ids. */
function generateAudienceConditions(random: Random, audienceIds: readonly string[]): Json {
  const pickId = (): Json => {
    if (audienceIds.length === 0 || random.chance(0.06)) return random.pick(['unknown-audience', '999', '', 'and ']);
    const id = random.pick(audienceIds);
    return /^[1-9]\d{0,8}$/.test(id) && random.chance(0.1) ? Number(id) : id;
  };
  if (random.chance(0.08)) return String(pickId());
  if (random.chance(0.08))
    return Array.from({ length: random.between(1, 3) }, (_, i) => (i === 0 ? String(pickId()) : pickId()));
  return generateTree(random, random.between(0, 2), pickId);
}

function generateTree(random: Random, depth: number, leaf: () => Json): Json[] {
  const operator = random.pick(OPERATORS);
  const count = random.chance(0.05) ? 0 : random.between(1, operator === 'not' ? 2 : 3);
  const operands = Array.from({ length: count }, () =>
    depth > 0 && random.chance(0.5) ? generateTree(random, depth - 1, leaf) : leaf(),
  );
  return [operator, ...operands];
}

function generateLeaf(random: Random): Json {
  if (random.chance(0.15)) return generateSegmentLeaf(random);
  if (random.chance(0.04)) return random.pick<Json>(['text', 7, true, {}, { type: 'custom_attribute' }]);
  const name = random.pick(ATTRIBUTE_KEYS);
  const type = random.chance(0.95) ? 'custom_attribute' : random.pick<Json>(['custom_dimension', undefined, null, 'x']);
  return dropUndefined({ type, name, ...generateMatch(random) });
}

function generateSegmentLeaf(random: Random): Json {
  return dropUndefined({
    type: 'third_party_dimension',
    name: 'odp.audiences',
    match: random.chance(0.85) ? 'qualified' : random.pick<Json>([undefined, 'exact', null]),
    value: random.chance(0.92) ? random.pick(SEGMENTS) : random.pick(ODD_VALUES),
  });
}

function generateMatch(random: Random): { match?: Json; value?: Json } {
  const kind = random.below(20);
  const odd = random.chance(0.08);
  if (kind < 6) {
    const value = random.pick<Json>([random.pick(NUMBERS), random.pick(STRINGS), random.chance(0.5)]);
    return { match: random.chance(0.7) ? 'exact' : undefined, value: odd ? random.pick(ODD_VALUES) : value };
  }
  if (kind < 8) return { match: 'exists', value: random.chance(0.5) ? undefined : random.pick(ODD_VALUES) };
  if (kind < 12) {
    return { match: random.pick(NUMERIC), value: odd ? random.pick([...ODD_VALUES, '42']) : random.pick(NUMBERS) };
  }
  if (kind < 14) {
    return { match: 'substring', value: odd ? random.pick(ODD_VALUES) : random.pick(STRINGS).slice(0, 3) };
  }
  if (kind < 19) {
    return { match: random.pick(VERSION), value: odd ? random.pick([...ODD_VALUES, 2.1]) : random.pick(VERSIONS) };
  }
  return { match: random.pick<Json>(['qualified', 'EXACT', '', null, 'semver', 5, 'toString']), value: 'x' };
}

/** A key with the value `undefined` cannot come out of JSON. */
function dropUndefined(record: Record<string, Json>): Record<string, Json> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}

/** Conditions of a rule in one of the forms a datafile may have them. */
export function generateAudienceFields(random: Random, audienceIds: readonly string[]): Record<string, unknown> {
  const ids = random.some(audienceIds, 0.3);
  const kind = random.below(10);
  if (kind < 1) return {};
  if (kind < 3) return { audienceIds: [] };
  if (kind < 5) return { audienceIds: ids };
  if (kind < 6) return { audienceIds: ids, audienceConditions: [] };
  if (kind < 7) return { audienceConditions: generateAudienceConditions(random, audienceIds) };
  return { audienceIds: ids, audienceConditions: generateAudienceConditions(random, audienceIds) };
}
