import { describe, expect, it } from 'vitest';
import { conditionsIn, formatPhrase, phraseOf, phraseOfAudience } from '../../src/page/audiences/condition-text.ts';
import { parseTree, readEditable, writeEditable } from '../../src/page/audiences/editable-audience.ts';
import type { ConditionTree } from '../../src/page/lab/wire-datafile.ts';

const plan = (value: unknown, match = 'exact') => ({ type: 'custom_attribute', name: 'plan', match, value });
const vip = { type: 'third_party_dimension', name: 'odp.audiences', match: 'qualified', value: 'vip' };

describe('conditions in words', () => {
  it.each<[string, ConditionTree, string]>([
    ['nothing is everyone', [], 'everyone'],
    ['an operator over nothing is everyone', ['or'], 'everyone'],
    ['an audience by its name', ['or', '1'], 'Audience 1'],
    ['groups of one are dropped', ['and', ['or', ['or', plan('gold')]]], 'plan is "gold"'],
    ['a list without an operator is joined by or', ['1', '2'], 'Audience 1 or Audience 2'],
    ['inner groups are in parentheses', ['and', '1', ['or', '2', '3']], 'Audience 1 and (Audience 2 or Audience 3)'],
    ['not', ['not', ['or', '1', '2']], 'not (Audience 1 or Audience 2)'],
    ['a segment', ['or', vip], 'user is in segment "vip"'],
    ['a known attribute', ['or', { type: 'custom_attribute', name: 'plan', match: 'exists' }], 'plan is known'],
    ['a number', ['or', plan(50, 'ge')], 'plan is at least 50'],
    ['a match type of the future', ['or', plan('x', 'regex')], 'plan regex "x"'],
    ['a match type named like a method', ['or', plan('x', 'toString')], 'plan toString "x"'],
  ])('%s', (_, tree, text) => {
    expect(formatPhrase(phraseOf(tree), (id) => `Audience ${id}`)).toBe(text);
  });

  it('says of an audience without conditions that it matches no user, where a rule without an audience is for everyone', () => {
    expect(formatPhrase(phraseOfAudience([]), (id) => id)).toBe('no user: it has no conditions');
    expect(formatPhrase(phraseOf([]), (id) => id)).toBe('everyone');
  });

  it('cuts a tree that nobody could read', () => {
    let tree: ConditionTree = plan('gold');
    for (let depth = 0; depth < 5_000; depth += 1) tree = ['not', tree];
    expect(formatPhrase(phraseOf(tree), String)).toMatch(/^(not )+conditions are nested too deeply$/);
  });

  it('finds all leaves', () => {
    expect(conditionsIn(['and', ['or', plan('a'), '1'], ['not', vip]])).toEqual([plan('a'), vip]);
  });
});

describe('the form of an audience', () => {
  it.each<[string, ConditionTree]>([
    ['text', ['or', plan('gold'), plan('member')]],
    ['a number', ['and', plan(50, 'ge')]],
    ['yes or no', ['or', plan(true)]],
    ['a text of digits stays text', ['or', plan('3.2', 'semver_ge')]],
    ['a segment', ['or', vip]],
    ['being known', ['or', { type: 'custom_attribute', name: 'plan', match: 'exists' }]],
  ])('writes back what it read: %s', (_, tree) => {
    const form = readEditable(tree);
    expect(form).not.toBeNull();
    const written = form && writeEditable(form);
    expect(written && 'tree' in written && conditionsIn(written.tree)).toEqual(conditionsIn(tree));
  });

  it('reads the nesting that the hosted service exports', () => {
    expect(readEditable(['and', ['or', ['or', plan('a'), plan('b')]]])).toMatchObject({
      joiner: 'or',
      rows: [{ value: 'a' }, { value: 'b' }],
    });
  });

  it.each<[string, ConditionTree]>([
    ['groups within groups', ['and', plan('a'), ['or', plan('b'), plan('c')]]],
    ['a negated group', ['not', ['and', plan('a'), plan('b')]]],
    ['a negated group within a group', ['or', plan('a'), ['not', ['or', plan('b'), ['and', plan('c'), plan('d')]]]]],
    ['a negation of a negation', ['not', ['or', ['not', ['and', plan('a'), plan('b')]]]]],
  ])('writes back exactly what it read: %s', (_, tree) => {
    const form = readEditable(tree);
    expect(form && writeEditable(form)).toEqual({ tree });
  });

  it.each<[string, ConditionTree]>([
    ['not of two', ['not', plan('a'), plan('b')]],
    ['an id among conditions', ['or', plan('a'), '5001']],
    ['another type of condition', ['or', { type: 'geo', name: 'city', value: 'Rome' }]],
    ['a value of another type', ['or', plan(['a'])]],
  ])('leaves to JSON what it cannot hold: %s', (_, tree) => {
    expect(readEditable(tree)).toBeNull();
  });

  it.each([
    [{ subject: 'attribute', name: 'age', match: 'ge', value: 'old', valueType: 'text' }, /enter a number/],
    [{ subject: 'attribute', name: 'age', match: 'ge', value: ' ', valueType: 'number' }, /enter a number/],
    [{ subject: 'attribute', name: '', match: 'exact', value: 'x', valueType: 'text' }, /choose an attribute/],
    [{ subject: 'attribute', name: 'plan', match: 'exact', value: '', valueType: 'text' }, /enter a value/],
    [{ subject: 'segment', name: '', match: 'qualified', value: ' ', valueType: 'text' }, /name the segment/],
  ] as const)('says which condition is not usable: %o', (row, problem) => {
    const written = writeEditable({ joiner: 'or', rows: [row] });
    expect('problem' in written && written.problem).toMatch(problem);
    expect('problem' in written && written.problem).toMatch(/^Condition 1/);
  });

  it('refuses JSON that is none, or no array', () => {
    expect(parseTree('["or"')).toHaveProperty('problem');
    expect(parseTree('{}')).toHaveProperty('problem');
    expect(parseTree('["or", "1"]')).toEqual({ tree: ['or', '1'] });
  });
});
