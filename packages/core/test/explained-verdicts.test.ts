/** Decisions, reasons and explanations of any audiences and users agree, and say what the conditions of the datafile mean. */
import { expect, it } from 'vitest';
import { exceedsDepth } from '../src/condition-tree.ts';
import { decide, detailedTrace, type JsonValue, type Reason, type Verdict, withSegments } from '../src/index.ts';
import { project, rule, user } from './project.ts';
import { fc } from './property.ts';

const condition = fc.oneof(
  fc.record({
    type: fc.constant('custom_attribute'),
    name: fc.constantFrom('plan', 'age'),
    match: fc.constantFrom('exact', 'exists', 'gt', 'substring', 'semver_ge', 'future'),
    value: fc.constantFrom('pro', '2.1', 18, true, null),
  }),
  fc.record({
    type: fc.constant('third_party_dimension'),
    match: fc.constant('qualified'),
    value: fc.constantFrom('vip', 'new'),
  }),
  fc.constantFrom<JsonValue>({ type: 'future', name: 'plan', value: 'pro' }, 7, 'plan', null),
);

/** Trees of any shape; some are nested deeper than is compiled. */
const treeOf = (leaf: fc.Arbitrary<JsonValue>): fc.Arbitrary<JsonValue> =>
  fc.letrec<{ tree: JsonValue }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      fc
        .tuple(fc.constantFrom([], ['and'], ['or'], ['not'], ['AND']), fc.array(tie('tree'), { maxLength: 4 }))
        .map(([operator, operands]) => [...operator, ...operands]),
      tie('tree').map((tree) => Array.from({ length: 99 }).reduce<JsonValue>((inner) => ['or', inner], tree)),
    ),
  })).tree;

const users = fc
  .record({
    attributes: fc.dictionary(fc.constantFrom('plan', 'age'), fc.constantFrom('pro', 'free', '2.1.3', 18, 30, true)),
    segments: fc.option(fc.subarray(['vip', 'new'])),
  })
  .map(({ attributes, segments }) => withSegments(user('ada', attributes), segments && new Set(segments)));

const cases = fc.record({
  audiences: fc.record({ a: treeOf(condition), b: treeOf(condition), 5: treeOf(condition) }),
  conditions: treeOf(fc.constantFrom<JsonValue>('a', 'b', 5, 'unknown', {}, null)),
  who: users,
});

/** What a tree means: one leaf after the other is asked until the verdict is settled. */
function meaning(tree: JsonValue, leafOf: (leaf: JsonValue) => Verdict): Verdict {
  if (!Array.isArray(tree)) return leafOf(tree);
  const operator = tree[0] === 'and' || tree[0] === 'or' || tree[0] === 'not' ? tree[0] : undefined;
  const operands = operator ? tree.slice(1) : tree;
  if (operator === 'not') {
    const verdict = operands.length === 0 ? null : meaning(operands[0], leafOf);
    return verdict === null ? null : !verdict;
  }
  const decisive = operator !== 'and';
  let verdict: Verdict = !decisive;
  for (const operand of operands) {
    const value = meaning(operand, leafOf);
    if (value === decisive) return value;
    if (value === null) verdict = null;
  }
  return verdict;
}

const evaluated = (reasons: readonly Reason[]) =>
  reasons.flatMap((reason) => (reason.code === 'audiences-evaluated' ? [reason] : []))[0];

it('a decision, its reasons and its explanation come to the same for any audiences and users', () => {
  fc.assert(
    fc.property(cases, ({ audiences, conditions, who }) => {
      const config = project({ experiments: [rule('1', ['11'], { audienceConditions: conditions })], audiences });
      const plain: Reason[] = [];
      const detailed = detailedTrace();
      decide(config, who, 'a', { trace: { reasons: plain } });
      decide(config, who, 'a', { trace: detailed });
      const isServed = decide(config, who, 'a').variation !== null;
      const { verdict, audiences: shown = [] } = evaluated(detailed.reasons) ?? {};
      expect(evaluated(plain)?.verdict).toBe(verdict);
      expect(verdict === true).toBe(isServed);

      const everyone = !conditions || (Array.isArray(conditions) && conditions.length === 0);
      let next = 0;
      const nextAudience = (leaf: JsonValue): Verdict => {
        const check = shown[next++];
        expect(check?.audienceId).toBe(typeof leaf === 'object' ? JSON.stringify(leaf) : String(leaf));
        return check?.verdict ?? null;
      };
      if (!everyone) expect(verdict).toBe(exceedsDepth(conditions) ? null : meaning(conditions, nextAudience));
      expect(next).toBe(shown.length);

      for (const { audienceId, verdict: shownVerdict, conditions: checks } of shown) {
        const tree = (audiences as Readonly<Record<string, JsonValue>>)[audienceId];
        let at = 0;
        const nextCondition = (leaf: JsonValue): Verdict =>
          typeof leaf === 'object' && leaf !== null ? (checks[at++]?.verdict ?? null) : null;
        const isRead = tree !== undefined && !exceedsDepth(tree);
        expect(shownVerdict).toBe(isRead ? meaning(tree, nextCondition) : null);
        expect(at).toBe(checks.length);
      }
    }),
    { numRuns: 1_000 },
  );
});
