/**
 * What a part of a client must do so that the client can rely on it: take configs and users as they come, leave decisions as they
 * are unless deciding is what it is for, keep the clients it is passed to apart, and end in time.
 *
 * A part that keeps its state outside the function that is called for each client, or waits for ever at the end, fails.
 */
import { createClient, type LeanClient, type Part } from '@sortition/client';
import type { ProjectConfig } from '@sortition/core';
import { createStaticConfig } from 'sortition';
import { describe, expect } from 'vitest';
import { createReplaceableConfig } from '../test-flags.ts';
import { newName } from './made-up-names.ts';
import { TEST_TIMEOUT_MS } from './settling.ts';
import { createTestWith } from './test-with.ts';

/** A part, and the cleanup after a test. */
export interface PartUnderTest {
  readonly part: Part;
  /** Called after each test, when the clients are closed. */
  readonly close?: (() => unknown) | undefined;
}

/** Called for each test. */
export type CreatePart = () => PartUnderTest | Promise<PartUnderTest>;

/**
 * Describes the suite for one part.
 *
 * @param name Names the part in the titles.
 * @example
 * describePart('countUsers', () => ({ part: countUsers }));
 */
export function describePart(name: string, create: CreatePart): void {
  const test = createTestWith(create, ({ close }) => close?.(), TEST_TIMEOUT_MS);

  describe(`${name} as a part of a client`, () => {
    test('serves a client from its first config to its end without a problem', async ({ part }) => {
      const { client, source } = start(part);
      await client.ready({ timeoutMs: 2_000 });
      use(client);
      source.replace(configOf('2'));
      use(client);
      await end(client);
      expect(client.stats().problems).toEqual({});
    });

    test('leaves the decisions of new users as they are without it', async ({ part }) => {
      const [plain, withPart] = [start().client, start(part).client];
      for (let user = 0; user < 50; user += 1) {
        const userId = newName();
        const [wanted, made] = [plain, withPart].map((client) => decideAll(client, userId));
        expect(made).toEqual(wanted);
      }
      for (const client of [plain, withPart]) await end(client);
    });

    test('keeps the clients it is passed to apart', async ({ part }) => {
      const [first, second] = [start(part).client, start(part).client];
      for (const client of [first, second]) await client.ready({ timeoutMs: 2_000 });
      use(first);
      await end(first);
      use(second);
      await end(second);
      expect([first.stats().problems, second.stats().problems]).toEqual([{}, {}]);
    });

    test('answers flush and close in time, with numbers of events', async ({ part }) => {
      const { client } = start(part);
      use(client);
      for (const answer of [client.flush({ timeoutMs: 2_000 }), client.close({ timeoutMs: 2_000 })]) {
        const counts = Object.values(await answer);
        expect(counts.every((count) => Number.isInteger(count) && count >= 0)).toBe(true);
      }
      expect(client.stats().problems).toEqual({});
    });

    test('may be asked for anything after the end', async ({ part }) => {
      const { client } = start(part);
      await end(client);
      use(client);
      await end(client);
      const { 'event-after-close': ignored = 0, ...others } = client.stats().problems;
      expect([others, ignored >= 0]).toEqual([{}, true]);
    });
  });
}

/** A client with the part, on a source whose config can be replaced. */
function start(...parts: readonly Part[]) {
  const source = createReplaceableConfig(configOf('1'));
  return { client: createClient({ config: source, parts, logger: false }), source };
}

function configOf(revision: string): ProjectConfig {
  const datafile = { ...PROJECT, revision };
  return createStaticConfig({ datafile }).current() as ProjectConfig;
}

function use(client: LeanClient): void {
  const user = client.createUserContext(newName(), { plan: 'pro' });
  user.decide('flag');
  user.decideAll(['INCLUDE_REASONS']);
  client.stats();
}

function decideAll(client: LeanClient, userId: string) {
  return Object.values(client.createUserContext(userId).decideAll()).map((decision) => [
    decision?.flagKey,
    decision?.variationKey,
    decision?.enabled,
    decision?.ruleKey,
  ]);
}

async function end(client: LeanClient): Promise<void> {
  await client.flush({ timeoutMs: 2_000 });
  await client.close({ timeoutMs: 2_000 });
}

const variation = (id: string, key: string, featureEnabled: boolean) => ({ id, key, featureEnabled, variables: [] });

/** One flag with an experiment for half of the users. */
const PROJECT = {
  version: '4',
  accountId: '1',
  projectId: '2',
  experiments: [
    {
      id: '11',
      key: 'half',
      status: 'Running',
      layerId: '12',
      audienceIds: [],
      forcedVariations: {},
      variations: [variation('13', 'on', true)],
      trafficAllocation: [{ entityId: '13', endOfRange: 5_000 }],
    },
  ],
  rollouts: [],
  featureFlags: [{ id: '1', key: 'flag', experimentIds: ['11'], rolloutId: '', variables: [] }],
};
