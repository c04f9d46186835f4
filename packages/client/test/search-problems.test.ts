import type { Logger, Problem } from '@sortition/core';
import { createStaticConfig, datafileCheck, readWhenNeeded } from '@sortition/datafile';
import { expect, it } from 'vitest';
import { createClient, searchProblems } from '../src/index.ts';
import { shopProject } from './shop-project.ts';

/** A flag that works, and one whose rule has a variation that is not valid. */
const datafile = shopProject({
  rollouts: [
    {
      id: 'broken-rollout',
      experiments: [
        {
          id: 'broken',
          key: 'broken',
          status: 'Running',
          layerId: '1',
          variations: [{ id: 7 }],
          trafficAllocation: [],
        },
      ],
    },
  ],
  featureFlags: [
    { id: '1', key: 'whole', experimentIds: [], rolloutId: '', variables: [] },
    { id: '2', key: 'broken', experimentIds: [], rolloutId: 'broken-rollout', variables: [] },
  ],
});

function create(options: { logger?: Logger | false } = {}) {
  const config = createStaticConfig({ datafile, check: datafileCheck, reading: readWhenNeeded });
  const client = createClient({ config, parts: [searchProblems(config)], logger: false, ...options });
  const problems: Problem[] = [];
  const listen = () => client.on('problem', (problem) => problems.push(problem));
  return {
    client,
    problems,
    listen,
    user: client.createUserContext('ada'),
    find: config.watchProblems?.(() => undefined).search,
  };
}

/** Long enough for a search that was not started never to have been. */
const soon = () => new Promise((resolve) => setTimeout(resolve, 100));

it('a client tells what is wrong with its datafile after its first decision, not before', async () => {
  const { problems, listen, user, client, find } = create();
  listen();
  await soon();
  expect(problems).toEqual([]);
  user.decide('whole');
  expect(problems).toEqual([]);
  await find?.();
  expect(problems.map(({ code }) => code)).toContain('invalid-entity');
  expect(client.stats().problems['invalid-entity']).toBeGreaterThan(0);
});

it('a client tells it at once when the broken entity is needed for a decision', () => {
  const { problems, listen, user } = create();
  listen();
  expect(user.decide('broken').variationKey).toBeNull();
  expect(problems.map(({ code }) => code)).toContain('invalid-entity');
});

it('a client logs it after its first decision', async () => {
  const lines: string[] = [];
  const log = (_fields: unknown, line?: string) => void lines.push(String(line));
  const { user, find } = create({ logger: { debug: log, info: log, warn: log, error: log } as Logger });
  user.decide('whole');
  await find?.();
  expect(lines.join('\n')).toContain('Variation 7 of delivery "broken"');
});

it('a client looks for it only when someone is told: later, when a listener comes later', async () => {
  const { problems, listen, user, client, find } = create();
  user.decide('whole');
  await soon();
  expect(client.stats().problems['invalid-entity']).toBeUndefined();
  listen();
  expect(problems).toEqual([]);
  await find?.();
  expect(problems.map(({ code }) => code)).toContain('invalid-entity');
});

it('a client that was closed does not look for it', async () => {
  const { listen, user, client } = create();
  listen();
  await client.close();
  user.decide('whole');
  await soon();
  expect(client.stats().problems['invalid-entity']).toBeUndefined();
});
