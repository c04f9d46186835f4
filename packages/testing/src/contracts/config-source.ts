/**
 * What a config source must do so that clients can share it: have a config or no config at any time, tell each client of newer
 * ones until that client leaves, and go on with the last config whatever happens to where configs come from.
 *
 * A source that counts its listeners down at each unsubscribe, lets a failed request reject `refresh`, or tells of a config
 * before it has it at hand, fails.
 */
import type { ConfigChange, ConfigSource, ProjectConfig } from '@sortition/core';
import { type Client, createClient } from 'sortition';
import { describe, expect, vi } from 'vitest';
import type { Disturbance } from './disturbance.ts';
import { inTime, PATIENCE_MS, TEST_TIMEOUT_MS } from './settling.ts';
import { createTestWith } from './test-with.ts';

/** A source, and controls for the origin of its configs. */
export interface ConfigSourceUnderTest {
  readonly source: ConfigSource;
  /** Makes a config with this revision the newest one; absent for a source that never changes. */
  readonly publish?: ((revision: string) => unknown) | undefined;
  /** Absent if nothing can fail. */
  readonly disturb?: ((how: Disturbance) => unknown) | undefined;
  /** Called after each test, when the source is closed. */
  readonly close?: (() => unknown) | undefined;
}

/**
 * Called for each test. The source may have a config from the beginning. Timers of its own should not fire during a test, and
 * its requests should time out within a second.
 */
export type CreateConfigSource = () => ConfigSourceUnderTest | Promise<ConfigSourceUnderTest>;

/** The notifications of one listener. */
interface Heard {
  /** Revisions of the configs, in order. */
  readonly revisions: string[];
  readonly problems: unknown[];
  leave(): void;
}

const TEXT = expect.any(String);
const PROBLEM = { code: TEXT, part: TEXT, message: TEXT };

/**
 * Describes the suite for one source.
 *
 * @param name Names the source in the titles.
 * @example
 * describeConfigSource('our bucket', () => {
 *   const bucket = createFakeBucket();
 *   const publish = (revision: string) => bucket.put(createDatafile(revision));
 *   return { source: createBucketConfig({ bucket }), publish };
 * });
 */
export function describeConfigSource(name: string, create: CreateConfigSource): void {
  const title = `${name} as a config source`;
  const cleanUp = async ({ source, disturb, close }: ConfigSourceUnderTest): Promise<void> => {
    await disturb?.(null);
    await source.close?.();
    await close?.();
  };
  const test = createTestWith(create, cleanUp, TEST_TIMEOUT_MS);

  describe(title, () => {
    test('answers a config or null at any time', async (under) => {
      const { source } = under;
      expectConfigOrNull(source);
      const { leave } = listen(source);
      expectConfigOrNull(source);
      await bring(under, 'next');
      expectConfigOrNull(source);
      leave();
      expectConfigOrNull(source);
    });

    test('makes a client ready, which has its config', async ({ source, publish }) => {
      await publish?.('first');
      const client = createClientOf(source);
      await client.ready({ timeoutMs: PATIENCE_MS });
      expect(client.getProjectInfo()?.revision).toBe(revisionOf(source));
      expect(await inTime(client.close())).toMatchObject({ pending: 0 });
    });

    test('serves several clients until the last of them is closed', async (under) => {
      const { source, publish } = under;
      await publish?.('first');
      const [first, second] = [createClientOf(source), createClientOf(source)];
      await Promise.all([first, second].map((client) => client.ready({ timeoutMs: PATIENCE_MS })));
      await inTime(first.close());
      await bring(under, 'next');
      expect(second.getProjectInfo()?.revision).toBe(revisionOf(source));
      await inTime(second.close());
    });

    test('has a config at hand when it tells of it', async (under) => {
      const { source } = under;
      const differences: unknown[] = [];
      const leave = source.subscribe((change) => {
        if (change.type !== 'config' || change.config.revision === revisionOf(source)) return;
        differences.push({ told: change.config.revision, current: revisionOf(source) });
      });
      for (const revision of ['next', 'after that']) await bring(under, revision);
      expect(differences).toEqual([]);
      leave();
    });

    test('tells each listener of every config, until it leaves, which it may do twice', async (under) => {
      const [leaver, stayer] = [listen(under.source), listen(under.source)];
      await bring(under, 'next');
      leaver.leave();
      leaver.leave();
      await bring(under, 'after that');
      if (under.publish === undefined) return;
      expect(stayer.revisions.slice(-2)).toEqual(['next', 'after that']);
      expect(leaver.revisions.slice(-1)).toEqual(['next']);
      stayer.leave();
    });

    test('lets a listener leave while it is told', async (under) => {
      const { source } = under;
      const leaver = listen(source, (revision) => revision === 'next' && leaver.leave());
      const stayer = listen(source);
      for (const revision of ['next', 'after that']) await bring(under, revision);
      if (under.publish === undefined) return;
      expect(stayer.revisions.slice(-2)).toEqual(['next', 'after that']);
      expect(leaver.revisions.slice(-1)).toEqual(['next']);
      stayer.leave();
    });

    test('is not harmed by a listener that throws, nor are the others', async (under) => {
      const { source } = under;
      const failing = listen(source, () => {
        throw new Error('The listener failed.');
      });
      const other = listen(source);
      for (const revision of ['next', 'after that']) await bring(under, revision);
      if (under.publish !== undefined) expect(other.revisions.slice(-2)).toEqual(['next', 'after that']);
      failing.leave();
      other.leave();
    });

    test('resolves whether a refresh brought a newer config', async (under) => {
      const { source, publish } = under;
      if (source.refresh === undefined) return;
      const { leave } = listen(source);
      await bring(under, 'next');
      await publish?.('after that');
      expect(await refreshed(source)).toBe(publish !== undefined);
      expect(await refreshed(source)).toBe(false);
      leave();
    });

    test('never rejects a refresh, and keeps its config, when none can be had', async (under) => {
      const { source, disturb } = under;
      const { problems, leave } = listen(source);
      await bring(under, 'next');
      const before = source.current();
      for (const how of ['fail', 'hang'] as const) {
        await disturb?.(how);
        expect(await refreshed(source, { timeoutMs: 50 })).toBe(false);
        expect(source.current()).toBe(before);
      }
      await disturb?.(null);
      await bring(under, 'after that');
      for (const problem of problems) expect(problem).toMatchObject(PROBLEM);
      leave();
    });

    test('ends a refresh when its caller gives up', async (under) => {
      const { source, disturb } = under;
      const { leave } = listen(source);
      await bring(under, 'next');
      expect(await refreshed(source, { signal: AbortSignal.abort() })).toBe(false);
      await disturb?.('hang');
      const caller = new AbortController();
      const refreshing = refreshed(source, { signal: caller.signal });
      caller.abort();
      expect(await refreshing).toBe(false);
      leave();
    });

    test('may be closed twice and at once, and keeps its config', async (under) => {
      const { source } = under;
      const { leave } = listen(source);
      await bring(under, 'next');
      const before = source.current();
      await Promise.all([closed(source), closed(source)]);
      await closed(source);
      expect(source.current()).toBe(before);
      expect(await refreshed(source)).toBe(false);
      leave();
    });

    test('ends what is under way when it is closed, and tells nothing after that', async (under) => {
      const { source, publish, disturb } = under;
      const heard: ConfigChange[] = [];
      const leave = source.subscribe((change) => void heard.push(change));
      await bring(under, 'next');
      const before = heard.length;
      await disturb?.('hang');
      const refreshing = refreshed(source);
      await closed(source);
      expect(await refreshing).toBe(false);
      await disturb?.(null);
      await publish?.('after that');
      expect(await refreshed(source)).toBe(false);
      expect(heard.slice(before)).toEqual([]);
      leave();
    });

    test('takes note of its use, and hands over no work that rejects', async ({ source, publish, disturb }) => {
      await publish?.('first');
      const { leave } = listen(source);
      const handedOver: Promise<unknown>[] = [];
      for (const how of ['fail', null] as const) {
        await disturb?.(how);
        for (const purpose of ['ready', 'decision'] as const) {
          source.used?.((work) => handedOver.push(work), purpose);
          await inTime(Promise.all(handedOver));
        }
      }
      await closed(source);
      source.used?.();
      leave();
    });
  });
}

function createClientOf(config: ConfigSource): Client {
  return createClient({ config, events: null, logger: false });
}

function listen(source: ConfigSource, then: (revision: string) => unknown = () => undefined): Heard {
  const revisions: string[] = [];
  const problems: unknown[] = [];
  const leave = source.subscribe((change) => {
    if (change.type === 'config') revisions.push(change.config.revision);
    else problems.push(change.problem);
    then(revisions.at(-1) ?? '');
  });
  return { revisions, problems, leave };
}

/** Publishes a revision, if possible, and waits until the source has it. */
async function bring({ source, publish }: ConfigSourceUnderTest, revision: string): Promise<void> {
  if (publish === undefined) return;
  await publish(revision);
  const hasIt = async (): Promise<void> => {
    await refreshed(source);
    expect(revisionOf(source)).toBe(revision);
  };
  await vi.waitFor(hasIt, { timeout: PATIENCE_MS, interval: 10 });
}

/** Resolves to the result of a refresh; `false` when the source has none. */
async function refreshed(
  source: ConfigSource,
  options?: { signal?: AbortSignal; timeoutMs?: number },
): Promise<boolean> {
  return inTime(Promise.resolve(source.refresh?.(options) ?? false));
}

async function closed(source: ConfigSource): Promise<void> {
  await inTime(Promise.resolve(source.close?.()));
}

function revisionOf(source: ConfigSource): string | undefined {
  return source.current()?.revision;
}

function expectConfigOrNull(source: ConfigSource): void {
  const config: Partial<ProjectConfig> | null = source.current();
  if (config !== null) expect(config).toMatchObject({ revision: TEXT, flags: expect.any(Map) });
  expect(Array.isArray(source.problems?.() ?? [])).toBe(true);
}
