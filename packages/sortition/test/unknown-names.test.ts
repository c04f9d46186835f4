/** Names of another SDK and near misses in plain JavaScript: told once, with what was meant. */
import type { Problem } from '@sortition/core';
import { describe, expect, it } from 'vitest';
import type { Client, DecideOption } from '../src/index.ts';
import { createShopClient } from './recording.ts';

function problemsOf(client: Client): Problem[] {
  const heard: Problem[] = [];
  client.on('problem', (problem) => heard.push(problem));
  return heard;
}

describe('options of createClient that it does not have', () => {
  it.each([
    ['userProfileService', 'profiles'],
    ['eventProcessor', 'events'],
    ['odpManager', 'odp'],
    ['vuidManager', 'vuid'],
    ['projectConfigManager', 'config'],
    ['sdkKey', 'config: createPollingConfig({ sdkKey })'],
    ['profile', 'profiles'],
    ['defaultDecideOption', 'defaultDecideOptions'],
  ])('such as %s are told, with %s as what was meant', (name, meant) => {
    const problems = problemsOf(createShopClient({ [name]: {} }));
    expect(problems).toMatchObject([{ code: 'unknown-option', part: 'client' }]);
    expect(problems[0]?.message).toBe(`createClient does not have the option "${name}"; did you mean "${meant}"?`);
  });

  it('are not told when there are none', () => {
    expect(problemsOf(createShopClient({ odp: undefined, clientName: 'shop' }))).toEqual([]);
  });
});

describe('decide options', () => {
  it('that are a near miss are told once, and the others apply', () => {
    const client = createShopClient();
    const problems = problemsOf(client);
    const user = client.createUserContext('ada');
    const options = ['INCLUDE_REASON', 'EXCLUDE_VARIABLES'] as unknown as DecideOption[];
    for (let call = 0; call < 3; call += 1) expect(user.decide('checkout', options).variables).toEqual({});
    expect(problems.map(({ message }) => message)).toEqual([
      'A decide call does not have the option "INCLUDE_REASON"; did you mean "INCLUDE_REASONS"?',
    ]);
    expect(client.stats().problems).toEqual({ 'unknown-option': 3 });
  });

  it.each<[string, unknown, string]>([
    ['a text', 'INCLUDE_REASONS', 'a string'],
    ['an object', { INCLUDE_REASONS: true }, 'an object'],
    ['a set', new Set(['INCLUDE_REASONS']), 'an object'],
  ])('in %s instead of an array are told once, and ignored', async (_what, options, got) => {
    const client = createShopClient();
    const problems = problemsOf(client);
    const user = client.createUserContext('ada');
    expect(user.decide('checkout', options as never).reasons).toEqual([]);
    expect((await user.decideAsync('checkout', options as never)).variationKey).toBe('one_page');
    expect(problems.map(({ code }) => code)).toEqual(['invalid-option']);
    expect(problems[0]?.message).toContain(`must be an array such as ['INCLUDE_REASONS'], got ${got}`);
  });

  it.each([null, undefined, []])('that are %j are absent', (options) => {
    const client = createShopClient();
    client.createUserContext('ada').decide('checkout', options as never);
    expect(problemsOf(client)).toEqual([]);
  });
});

describe('event names', () => {
  it.each([
    ['decisions', 'decision'],
    ['configUpdate', 'config-update'],
    ['OPTIMIZELY_CONFIG_UPDATE', 'config-update'],
    ['problems', 'problem'],
  ])('such as %s are told once, with %s as what was meant', (name, meant) => {
    const client = createShopClient();
    const problems = problemsOf(client);
    for (let call = 0; call < 2; call += 1) client.on(name as 'decision', () => undefined)();
    expect(problems.map(({ message }) => message)).toEqual([
      `A client does not have the event "${name}"; did you mean "${meant}"?`,
    ]);
  });
});

it('[LIFE-08] two thousand made-up event keys silence none of the problems that are told once', () => {
  const client = createShopClient();
  const problems = problemsOf(client);
  const user = client.createUserContext('ada');
  for (let made = 0; made < 2_000; made += 1) user.trackEvent(`${'k'.repeat(90)}${made}`);
  const before = problems.length;
  expect(before).toBeLessThanOrEqual(1_000);
  user.decide('checkout', ['INCLUDE_REASON'] as unknown as DecideOption[]);
  client.on('decisions' as never, () => undefined);
  expect(problems.slice(before).map(({ code }) => code)).toEqual(['unknown-option', 'unknown-event-name']);
});
