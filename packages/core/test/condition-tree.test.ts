import { describe, expect, it } from 'vitest';
import { exceedsDepth, MAX_CONDITION_DEPTH } from '../src/condition-tree.ts';
import type { JsonValue, Verdict } from '../src/index.ts';
import { explainAudience, judgeAudience } from './audience.ts';
import { user } from './project.ts';
import { fc, test } from './property.ts';

const VERDICTS: readonly Verdict[] = [true, false, null];
const who = user('ada', { known: 1 });

/** A condition for each verdict, which are written as `T`, `F` and `?`; other leaves are unknown. */
const LEAVES: Readonly<Record<string, JsonValue>> = {
  T: { type: 'custom_attribute', name: 'known', match: 'exists', value: 'T' },
  F: { type: 'custom_attribute', name: 'unknown', match: 'exists', value: 'F' },
  '?': { type: 'custom_attribute', name: 'unknown', match: 'exact', value: '?' },
};

/** Looks no deeper than a tree may be nested. */
function withConditions(tree: JsonValue, depth = 0): JsonValue {
  if (Array.isArray(tree)) return depth > 100 ? tree : tree.map((node) => withConditions(node, depth + 1));
  return LEAVES[String(tree)] ?? tree;
}

function evaluate(tree: JsonValue): Verdict {
  return judgeAudience(withConditions(tree), who);
}

/** The conditions that were looked at. */
function seen(tree: JsonValue): string {
  const audience = explainAudience(withConditions(tree), who);
  return audience?.conditions.map(({ expected }) => expected).join('') ?? '';
}

const leaf = (verdict: Verdict): string => (verdict === null ? '?' : verdict ? 'T' : 'F');

describe('a condition tree', () => {
  it.each([
    ['and', 'T', 'T', true],
    ['and', 'T', 'F', false],
    ['and', 'T', '?', null],
    ['and', 'F', 'T', false],
    ['and', 'F', 'F', false],
    ['and', 'F', '?', false],
    ['and', '?', 'T', null],
    ['and', '?', 'F', false],
    ['and', '?', '?', null],
    ['or', 'T', 'T', true],
    ['or', 'T', 'F', true],
    ['or', 'T', '?', true],
    ['or', 'F', 'T', true],
    ['or', 'F', 'F', false],
    ['or', 'F', '?', null],
    ['or', '?', 'T', true],
    ['or', '?', 'F', null],
    ['or', '?', '?', null],
  ] as const)('%s(%s, %s) is %s', (operator, a, b, expected) => {
    expect(evaluate([operator, a, b])).toBe(expected);
    expect(evaluate([operator, a, b, operator === 'and' ? 'T' : 'F'])).toBe(expected);
  });

  it.each<[JsonValue, Verdict]>([
    [['not', 'T'], false],
    [['not', 'F'], true],
    [['not', '?'], null],
    [['not', 'T', 'F'], false],
    [['not'], null],
    [['and'], true],
    [['or'], false],
    [[], false],
    [['and', 'T'], true],
    [['and', 'F'], false],
    [['or', '?'], null],
    ['T', true],
    ['F', false],
    [7, null],
    [['T', 'F'], true],
    [['F', 'F'], false],
    [['F', '?'], null],
    [[['and', 'T'], 'F'], true],
    [[['and', 'F'], 'T'], true],
    [['AND', 'T'], true],
    [['and', ['or', 'F', ['not', 'F']], 'T'], true],
  ])('%j is %s', (tree, expected) => {
    expect(evaluate(tree)).toBe(expected);
  });

  it.each<[JsonValue, string]>([
    [['and', 'T', 'F', 'T'], 'TF'],
    [['and', '?', 'T', 'F', 'T'], '?TF'],
    [['or', 'F', 'T', 'F'], 'FT'],
    [['or', '?', 'F', 'T', 'F'], '?FT'],
    [['not', 'T', 'F'], 'T'],
  ])('%j looks at %s only', (tree, expected) => {
    expect(seen(tree)).toBe(expected);
  });

  it('obeys the laws of three-valued logic', () => {
    const verdicts = fc.array(fc.constantFrom(...VERDICTS), { minLength: 1, maxLength: 6 });
    test(
      verdicts,
      (list) => evaluate(['and', ...list.map(leaf)]) === evaluate(['and', ...[...list].reverse().map(leaf)]),
    );
    test(verdicts, (list) => {
      const negated = list.map((verdict): JsonValue => ['not', leaf(verdict)]);
      return evaluate(['not', ['and', ...list.map(leaf)]]) === evaluate(['or', ...negated]);
    });
    test(
      verdicts,
      (list) => evaluate(['not', ['not', ['or', ...list.map(leaf)]]]) === evaluate(['or', ...list.map(leaf)]),
    );
    test(verdicts, (list) => evaluate(['or', ...list.map(leaf)]) === evaluate(list.map(leaf)));
  });
});

describe('nesting', () => {
  const nested = (depth: number): JsonValue => {
    let tree: JsonValue = 'T';
    for (let level = 0; level < depth; level += 1) tree = ['and', tree];
    return tree;
  };

  it('[DF-04] a tree of the allowed depth is evaluated, one level more is unknown', () => {
    expect(MAX_CONDITION_DEPTH).toBe(100);
    expect([evaluate(nested(99)), evaluate(nested(100)), evaluate(nested(101))]).toEqual([true, true, null]);
    expect([exceedsDepth(nested(100)), exceedsDepth(nested(101)), exceedsDepth('T'), exceedsDepth([])]).toEqual([
      false,
      true,
      false,
      false,
    ]);
  });

  it('[DF-04] the deepest branch counts, wherever it is', () => {
    expect(evaluate(['or', 'T', nested(99)])).toBe(true);
    expect(evaluate(['or', 'T', nested(100)])).toBe(null);
    expect(evaluate(['or', nested(100), 'T'])).toBe(null);
  });

  it.each([1_000, 100_000, 1_000_000])('[DF-04] %i levels are unknown and overflow nothing', (depth) => {
    expect(evaluate(nested(depth))).toBe(null);
  });

  it('[DF-04] a list of a million is evaluated', () => {
    const wide: JsonValue = ['or', ...Array.from({ length: 1_000_000 }, () => 'F'), 'T'];
    expect(evaluate(wide)).toBe(true);
  });
});
