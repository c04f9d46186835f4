import { describe, expect, test } from 'vitest';
import { judge } from '../src/judge.ts';
import { runOurs } from '../src/run-scenario.ts';
import type { Kind, Outcome, Scenario } from '../src/scenario.ts';
import { SCENARIOS, SHORT_SCENARIOS } from '../src/scenarios.ts';

const find = (kind: Kind, name: string): Scenario => {
  const found = SHORT_SCENARIOS.find((scenario) => scenario.kind === kind && scenario.name === name);
  if (!found) throw new Error(`There is no load ${kind}: ${name}.`);
  return found;
};

describe.each(['events', 'odp-events'] as const)('%s', (kind) => {
  test.each([
    '2,000/s, answers after 150 ms',
    '500/s, answers after 1 s',
    'one burst of 10,000',
    '500/s, 15 s outage',
    '500/s, 3 s outage, at most 50 events per request (413)',
  ])(
    '[EVT-26] %s: everything arrives once, and the queue is empty at the end',
    async (name) => {
      const scenario = find(kind, name);
      const outcome = await runOurs(scenario, 1);
      expect(judge(scenario, outcome)).toEqual([]);
      expect(outcome).toMatchObject({ arrived: outcome.recorded, twice: 0, dropped: {}, pending: 0 });
    },
    60_000,
  );
});

test.each(['events', 'odp-events'] as const)(
  '[EVT-16] %s: an event that is never taken keeps back no other, and is the only one that is given up',
  async (kind) => {
    const scenario = find(kind, '100/s, one event is never taken (500)');
    const outcome = await runOurs(scenario, 1);
    expect(judge(scenario, outcome)).toEqual([]);
    expect(outcome).toMatchObject({ arrived: outcome.recorded - 1, dropped: { refused: 1 }, pending: 0 });
  },
  60_000,
);

test('a datafile is polled through outages, and the newest one is in use', async () => {
  const scenario = find('polling', 'every minute, outages of an hour and of a minute');
  expect(judge(scenario, await runOurs(scenario, 1))).toEqual([]);
}, 60_000);

test('names are unique in their kind', () => {
  const names = SCENARIOS.map(({ kind, name }) => `${kind}: ${name}`);
  expect(new Set(names).size).toBe(names.length);
});

describe('a promise is broken', () => {
  const scenario: Scenario = { kind: 'events', name: 'a load', perSecond: 1, seconds: 100, roundTripMs: 1 };
  const kept: Outcome = {
    recorded: 100,
    arrived: 100,
    twice: 0,
    dropped: {},
    pending: 0,
    settledAfter: 1,
    told: ['', 0],
    requests: 10,
    heapMb: 1,
    cpuMs: 1,
  };
  test.each<[string, Partial<Outcome>, string]>([
    [
      'an event is dropped',
      { arrived: 99, dropped: { 'queue-full': 1 } },
      '1 were dropped as queue-full; at most 0 may be',
    ],
    ['an event is pending', { arrived: 99, pending: 1 }, '1 were still pending at the end'],
    ['nothing is settled in time', { settledAfter: null }, '0 were still pending at the end'],
    ['an event is unaccounted for', { arrived: 99 }, '1 neither arrived nor were counted as dropped or pending'],
    ['an event arrives twice without cause', { twice: 1 }, '1 arrived twice although every answer arrived'],
    [
      'a warning is told with every event',
      { told: ['event-queue-full', 151] },
      'the problem event-queue-full was told 151 times',
    ],
    ['memory is not bounded', { heapMb: 100 }, '100 MB of heap were in use'],
  ])('when %s', (_, change, sentence) => {
    expect(judge(scenario, kept)).toEqual([]);
    expect(judge(scenario, { ...kept, ...change })).toEqual([sentence]);
  });
});
