import { describe, expect, it } from 'vitest';
import { computeBucket, type Rule } from '../../src/index.ts';
import { decideWithReasons, flag, project, rule, served, user } from '../project.ts';

const ada = user('ada');
const BUCKET_H1 = computeBucket('ada', 'h1');

const held = (id: string, parts: Partial<Rule> = {}): Rule => rule(id, [`off_${id}`], { layerId: null, ...parts });
const share = (id: string, endOfRange: number): Partial<Rule> => ({
  trafficRanges: [{ entityId: `off_${id}`, endOfRange }],
});

function decideWith(globalHoldouts: readonly Rule[], localHoldouts: Readonly<Record<string, readonly Rule[]>> = {}) {
  return decideWithReasons(
    project({ flags: [flag('a', ['1'])], experiments: [rule('1', ['11'])], globalHoldouts, localHoldouts }),
    ada,
  );
}

describe('holdouts', () => {
  it.each(['Draft', 'Concluded', 'Archived', 'running', ''])('one in status %j holds nobody', (status) => {
    const { outcome, reasons } = decideWith([held('h1', { status })]);
    expect([served(outcome)[0], reasons[0]]).toEqual(['rule_1', 'Holdout rule_h1 is not running.']);
  });

  it('holds users of its audience inside its traffic, exclusive at the end', () => {
    const { outcome, reasons } = decideWith([held('h1', share('h1', BUCKET_H1 + 1))]);
    expect(served(outcome)).toEqual(['rule_h1', 'variation_off_h1']);
    expect([outcome.source, outcome.assignment]).toEqual(['holdout', null]);
    expect(reasons).toEqual([
      'Evaluating audiences for experiment "rule_h1": [].',
      'Audiences for experiment rule_h1 collectively evaluated to TRUE.',
      'User ada meets conditions for holdout rule_h1.',
      `Assigned bucket ${BUCKET_H1} to user with bucketing ID ada.`,
      'User ada is in variation variation_off_h1 of holdout rule_h1.',
    ]);
    const outside = decideWith([held('h1', share('h1', BUCKET_H1))]);
    expect(served(outside.outcome)[0]).toBe('rule_1');
    expect(outside.reasons[4]).toBe('User ada is in no holdout variation.');
  });

  it('passes users outside its audience', () => {
    const { outcome, reasons } = decideWith([held('h1', { audienceConditions: ['unknown'] })]);
    expect(served(outcome)[0]).toBe('rule_1');
    expect(reasons.slice(0, 3)).toEqual([
      'Evaluating audiences for experiment "rule_h1": ["unknown"].',
      'Audiences for experiment rule_h1 collectively evaluated to FALSE.',
      'User ada does not meet conditions for holdout rule_h1.',
    ]);
  });

  it('the first that holds the user wins', () => {
    expect(served(decideWith([held('h1', { status: 'Draft' }), held('h2'), held('h3')]).outcome)[0]).toBe('rule_h2');
  });

  it('local ones hold users of their rules only, and come after global ones', () => {
    expect(served(decideWith([], { 1: [held('h1', { status: 'Draft' }), held('h2')] }).outcome)[0]).toBe('rule_h2');
    expect(served(decideWith([], { 2: [held('h1')] }).outcome)[0]).toBe('rule_1');
    expect(served(decideWith([held('h2')], { 1: [held('h1')] }).outcome)[0]).toBe('rule_h2');
  });
});
