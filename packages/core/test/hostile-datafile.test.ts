/** What an accepted datafile, or another library in the process, may do to a decision: make it wrong or slow, but not fail. */
import { afterEach, describe, expect, it } from 'vitest';
import {
  decide,
  detailedTrace,
  formatExplanation,
  formatReason,
  type JsonValue,
  type Rule,
  withSegments,
} from '../src/index.ts';
import { decideWithReasons, flag, project, rule, user } from './project.ts';

const ada = user('ada', { plan: 'pro' });
const isPro = { type: 'custom_attribute', name: 'plan', match: 'exact', value: 'pro' };

function behind(conditions: JsonValue, parts: Partial<Rule> = {}) {
  return project({
    experiments: [rule('1', ['11'], { audienceConditions: ['or', 'a'], ...parts })],
    audiences: { a: conditions },
  });
}

function explain(config: ReturnType<typeof project>) {
  const trace = detailedTrace();
  const { status, rule: decided, variation, source, enabled, variables } = decide(config, ada, 'a', { trace });
  const facts = {
    status,
    ruleKey: decided?.key ?? null,
    variationKey: variation?.key ?? null,
    source,
    enabled,
    variables,
  };
  return { flagKey: 'a', userId: 'ada', revision: null, steps: trace.reasons, ...facts };
}

const nested = (levels: number): JsonValue => {
  let value: JsonValue = 1;
  for (let level = 0; level < levels; level += 1) value = [value];
  return value;
};

describe('a leaf that is not what it should be', () => {
  it.each<[string, JsonValue]>([
    ['an object that refuses to become text', { toString: 1, valueOf: 1 } as unknown as JsonValue],
    ['a name that refuses to become text', { ...isPro, name: { toString: 1, valueOf: 1 } as unknown as JsonValue }],
    ['a match type that refuses to become text', { ...isPro, match: { toString: 1 } as unknown as JsonValue }],
    [
      'a segment that refuses to become text',
      { type: 'third_party_dimension', match: 'qualified', value: { toString: 1 } as unknown as JsonValue },
    ],
    ['a value nested 20,000 deep', { ...isPro, value: nested(20_000) }],
    ['a value nested 20,000 deep in a condition of a future type', { type: 'future', value: nested(20_000) }],
  ])('%s: the rest of the audience still counts', (_name, leaf) => {
    const config = behind(['or', leaf, isPro]);
    expect(decide(config, ada, 'a').variation?.id).toBe('11');
    const explanation = explain(config);
    expect(explanation.variationKey).toBe('variation_11');
    expect(formatExplanation(explanation).length).toBeLessThan(2_000);
  });

  it('such a leaf as an audience id leads nowhere', () => {
    const odd = { toString: 1, valueOf: 1 } as unknown as JsonValue;
    const config = behind(isPro, { audienceConditions: ['or', odd, 'a'] });
    expect(decide(config, ada, 'a').variation?.id).toBe('11');
    expect(explain(config).steps.map(formatReason)).toContain(
      'User ada is in variation variation_11 of experiment rule_1.',
    );
  });
});

describe('an explanation has a budget', () => {
  it('one audience named ten thousand times is shown until the budget is spent, and decided all the same', () => {
    const leaf = { ...isPro, value: 'basic' };
    const config = behind(['or', ...Array.from({ length: 1_000 }, () => leaf)], {
      audienceConditions: ['or', ...Array.from({ length: 10_000 }, () => 'a'), ['not', 'a']],
    });
    const explanation = explain(config);
    expect(explanation.variationKey).toBe('variation_11');
    expect(explanation.steps.filter(({ code }) => code === 'details-omitted')).toHaveLength(1);
    const shown = explanation.steps.flatMap((step) => ('audiences' in step ? (step.audiences ?? []) : []));
    expect(shown.reduce((sum, { conditions }) => sum + conditions.length, shown.length)).toBeLessThanOrEqual(20_000);
    expect(formatExplanation(explanation)).toContain('the explanation is too long');
  });

  it('an audience of operators without conditions takes room for each of them', () => {
    const empty = Array.from({ length: 1_000 }, (): JsonValue => []);
    const config = behind(['or', ...empty], {
      audienceConditions: ['or', ...Array.from({ length: 100 }, () => 'a'), ['not', 'a']],
    });
    const explanation = explain(config);
    expect(explanation.variationKey).toBe('variation_11');
    expect(explanation.steps.filter(({ code }) => code === 'details-omitted')).toHaveLength(1);
  });

  it('a rule with many ranges that comes again and again shows its traffic until the budget is spent', () => {
    const trafficRanges = Array.from({ length: 5_000 }, (_, index) => ({ entityId: '', endOfRange: index + 1 }));
    const experiments = [rule('1', ['11'], { trafficRanges })];
    const config = project({
      experiments,
      flags: [
        flag(
          'a',
          Array.from({ length: 100 }, () => '1'),
        ),
      ],
    });
    const spans = explain(config).steps.flatMap((step) => ('traffic' in step ? (step.traffic ?? []) : []));
    expect(spans.length).toBeLessThanOrEqual(20_000);
  });
});

describe('an audience that is mentioned again and again', () => {
  const SEGMENTS = Array.from({ length: 100 }, (_, index) => `s${index}`);
  const inAll = ['and', ...SEGMENTS.map((value) => ({ type: 'third_party_dimension', match: 'qualified', value }))];
  const mentions = Array.from({ length: 100 }, (): JsonValue => ['not', 'a']);
  const rules = Array.from({ length: 50 }, (_, index) =>
    rule(`${index}`, ['11'], { audienceConditions: ['or', ...mentions, 'a'] }),
  );
  const config = project({
    experiments: rules,
    audiences: { a: inAll },
    flags: rules.map(({ id }) => flag(`f${id}`, [id])),
  });

  /** Counts how often a condition was compared with the segments of a user. */
  function count(segments: readonly string[], wantsReasons: boolean): number {
    let reads = 0;
    class Counted extends Set<string> {
      override has(segment: string): boolean {
        reads += 1;
        return super.has(segment);
      }
    }
    const who = withSegments(user('ada'), new Counted(segments));
    for (const { id } of rules) decide(config, who, `f${id}`, wantsReasons ? { trace: { reasons: [] } } : {});
    return reads;
  }

  it.each([
    ['is in it', SEGMENTS],
    ['lacks the last segment', SEGMENTS.slice(0, -1)],
  ])('is judged once for true and once for false, however many rules mention it, when a user %s', (_what, segments) => {
    // A condition may be asked twice, for it to be met and for it to be judged, and so may the audience.
    for (const wantsReasons of [false, true]) {
      const reads = count(segments, wantsReasons);
      expect(reads).toBeGreaterThanOrEqual(SEGMENTS.length - 1);
      expect(reads).toBeLessThanOrEqual(2 * SEGMENTS.length);
    }
  });
});

describe('a polluted Object.prototype', () => {
  const names = [
    'trace',
    'fresh',
    'stored',
    'forcedVariations',
    'ignoreAssignments',
    'predictions',
    'plan',
    'audiences',
  ];
  afterEach(() => {
    for (const name of names) Reflect.deleteProperty(Object.prototype, name);
  });

  it.each([
    ['a number', 1],
    ['a text', 'pro'],
    ['a function', () => '12'],
    ['a map of assignments', new Map([['1', '12']])],
  ])('[SEC-05] decides as before with %s under every name of an option', (_name, value) => {
    const config = behind(isPro);
    const expected = decide(config, ada, 'a').variation;
    for (const name of names)
      Object.defineProperty(Object.prototype, name, { value, configurable: true, writable: true });
    const who = user('ada', { plan: 'pro' });
    expect(decide(config, who, 'a').variation).toBe(expected);
    expect(decide(config, who, 'a', {}).variation).toBe(expected);
    expect(decide(config, who, 'a', { stored: new Map() }).variation).toBe(expected);
    expect(decide(config, user('ada'), 'a').variation).toBeNull();
  });
});

it('reasons of a decision stay reasons when an audience is broken', () => {
  const { reasons } = decideWithReasons(behind({ toString: 1 } as unknown as JsonValue), ada);
  expect(reasons).toContain('Audiences for experiment rule_1 collectively evaluated to FALSE.');
});
