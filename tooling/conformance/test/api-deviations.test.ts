/** Every row of the drop-in's table: what the official SDK does, and what the drop-in does, through the same calls. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import * as compat from '@sortition/optimizely-compat';
import { build } from 'esbuild';
import { describe, expect, it, vi } from 'vitest';
import { API_DEVIATIONS, type ApiDeviationId } from '../src/api-deviation-table.ts';
import type { Sdk } from '../src/api-side.ts';
import { flag, rule, smallDatafile, targetedDatafile } from './small-datafile.ts';

const require = createRequire(import.meta.url);
const official = require('@optimizely/optimizely-sdk') as Sdk;

type Client = ReturnType<Sdk['createInstance']>;

interface Setup {
  readonly datafile?: object;
  readonly config?: object;
  /** Takes what is sent. */
  readonly sent?: (event: { readonly url: string; readonly params: never }) => void;
}

const plain = smallDatafile({
  featureFlags: [flag('a', ['1'])],
  experiments: [rule('1', ['11', '12'])],
  events: [{ id: 'e', key: 'purchase', experimentIds: [] }],
});

function create(sdk: Sdk, { datafile = plain, config = {}, sent = () => undefined }: Setup = {}): Client {
  return sdk.createInstance({
    projectConfigManager: sdk.createStaticProjectConfigManager({ datafile: JSON.stringify(datafile) }),
    eventProcessor: sdk.createForwardingEventProcessor({
      async dispatchEvent(event) {
        sent(event as never);
        return { statusCode: 200 };
      },
    }),
    ...config,
  });
}

/** The same question to both; what is thrown counts as an answer. */
async function both(ask: (sdk: Sdk) => unknown): Promise<{ official: unknown; ours: unknown }> {
  const answer = async (sdk: Sdk) => {
    try {
      return await ask(sdk);
    } catch (error) {
      return `threw ${(error as Error).name}`;
    }
  };
  return { official: await answer(official), ours: await answer(compat) };
}

const variationOf = (setup: Setup, attributes?: object) => (sdk: Sdk) =>
  create(sdk, setup)
    .createUserContext('ada', attributes as never)
    .decide('a').variationKey;

const isOne = { type: 'custom_attribute', name: 'x', match: 'exact', value: 1 };

/** What one tracked event is on the wire. */
const sentOf =
  (datafile: object, userId: string, tags: object, look: (json: string, url: string) => unknown) =>
  async (sdk: Sdk) => {
    let seen: unknown = 'nothing sent';
    const sent: Setup['sent'] = ({ url, params }) => {
      try {
        seen = look(JSON.stringify(params), url);
      } catch (error) {
        seen = `threw ${(error as Error).name}`;
      }
    };
    create(sdk, { datafile, sent })
      .createUserContext(userId)
      .trackEvent('purchase', tags as never);
    await new Promise((resolve) => setImmediate(resolve));
    return seen;
  };

const SHOW: Record<ApiDeviationId, () => Promise<void>> = {
  D1: async () => {
    const experiments = [rule('1', ['11'], { key: 'k' }), rule('2', ['21'], { key: 'k', status: 'Paused' })];
    const datafile = smallDatafile({ featureFlags: [flag('a', ['1'])], experiments });
    expect(await both(variationOf({ datafile }))).toEqual({ official: null, ours: 'variation_11' });
  },
  D2: async () => {
    const shown = await both(variationOf({ datafile: targetedDatafile([isOne]) }, { x: 1 }));
    expect(shown).toEqual({ official: null, ours: 'variation_11' });
  },
  D6: async () => {
    const shown = await both((sdk) => {
      const user = create(sdk).createUserContext('ada');
      user.setForcedDecision({ flagKey: 'a' }, { variationKey: 'variation_11' });
      user.decide('a').userContext.setForcedDecision({ flagKey: 'a' }, { variationKey: 'variation_12' });
      return user.getForcedDecision({ flagKey: 'a' })?.variationKey;
    });
    expect(shown).toEqual({ official: 'variation_12', ours: 'variation_11' });
  },
  D12: async () => {
    const datafile = { ...plain, featureFlags: [flag('a', ['unknown', '1'])] };
    expect(await both(variationOf({ datafile }))).toEqual({ official: null, ours: 'variation_11' });
  },
  D13: async () => {
    const entry = variationOf({}, { $opt_experiment_bucket_map: { 1: null } });
    expect(await both(entry)).toEqual({ official: 'threw TypeError', ours: 'variation_11' });
    const datafile = { ...plain, experiments: [rule('1', ['11'], { groupId: 'unknown' })] };
    expect(await both(variationOf({ datafile }))).toMatchObject({
      official: 'threw OptimizelyError',
      ours: 'variation_11',
    });
  },
  D22: async () => {
    const shown = await both((sdk) => {
      const tags = { kept: 1, empty: null };
      create(sdk).track('purchase', 'ada', {}, tags);
      return tags;
    });
    expect(shown).toEqual({ official: { kept: 1 }, ours: { kept: 1, empty: null } });
  },
  D23: async () => {
    const value = (json: string) => JSON.parse(json).visitors[0].snapshots[0].events[0].value;
    expect(await both(sentOf(plain, 'ada', { value: true }, value))).toEqual({ official: true, ours: undefined });
  },
  'prototype-keys': async () => {
    const shown = await both((sdk) => create(sdk).createUserContext('ada').decide('constructor').reasons);
    expect(shown).toEqual({ official: 'threw TypeError', ours: ['No flag was found for key "constructor".'] });
  },
  'absent-revision': async () => {
    const { revision: _, ...datafile } = plain;
    expect(await both(variationOf({ datafile }))).toEqual({ official: null, ours: 'variation_11' });
  },
  'attribute-types': async () => {
    const exists = { type: 'custom_attribute', name: 'x', match: 'exists' };
    const setup = { datafile: targetedDatafile(['or', exists]) };
    expect(await both(variationOf(setup, { x: {} }))).toEqual({ official: 'variation_11', ours: null });
    const shown = await both((sdk) => create(sdk, setup).createUserContext('ada', { x: {} }).getAttributes());
    expect(shown).toEqual({ official: { x: {} }, ours: { x: {} } });
  },
  'not-operands': async () => {
    const typedAudiences = ['8', '9'].map((id) => ({ id, name: `audience ${id}`, conditions: isOne }));
    const experiments = [rule('1', ['11'], { audienceConditions: ['not', '8', '9'] })];
    const view = (sdk: Sdk) =>
      create(sdk, { datafile: { ...plain, typedAudiences, experiments } }).getOptimizelyConfig()?.experimentsMap.rule_1
        ?.audiences;
    expect(await both(view)).toEqual({ official: 'NOT "audience 8" NOT "audience 9"', ours: 'NOT "audience 8"' });
  },
  'view-throws': async () => {
    const experiments = [rule('1', ['11'], { audienceConditions: ['not', 'unknown'] })];
    const view = (sdk: Sdk) =>
      create(sdk, { datafile: { ...plain, experiments } }).getOptimizelyConfig()?.experimentsMap.rule_1?.audiences;
    expect(await both(view)).toEqual({ official: undefined, ours: 'NOT "unknown"' });
  },
  'reused-ids': async () => {
    const experiments = [rule('1', ['11']), rule('1', ['11'], { key: 'other' })];
    const keys = (sdk: Sdk) =>
      Object.keys(create(sdk, { datafile: { ...plain, experiments } }).getOptimizelyConfig()?.experimentsMap ?? {});
    expect(await both(keys)).toEqual({ official: ['rule_1', 'other'], ours: ['other'] });
    const featureFlags = [flag('a', ['1']), flag('a', [], { id: 'second' })];
    const type = (sdk: Sdk) => {
      const client = create(sdk, { datafile: { ...plain, featureFlags } });
      let seen: unknown;
      client.notificationCenter.addNotificationListener('DECISION', (payload) => {
        seen = payload.type;
      });
      client.getVariation('rule_1', 'ada');
      return seen;
    };
    expect(await both(type)).toEqual({ official: 'feature-test', ours: 'ab-test' });
  },
  'forced-by-key': async () => {
    const experiments = [rule('1', ['11'], { key: 'k' }), rule('2', ['21'], { key: 'k' })];
    const datafile = smallDatafile({ featureFlags: [flag('a', ['1']), flag('b', ['2'])], experiments });
    const forced = (sdk: Sdk) => {
      const client = create(sdk, { datafile });
      client.setForcedVariation('k', 'ada', 'variation_21');
      const user = client.createUserContext('ada');
      return [user.decide('a').variationKey, user.decide('b').variationKey];
    };
    expect(await both(forced)).toEqual({
      official: [null, 'variation_21'],
      ours: ['variation_11', 'variation_21'],
    });
  },
  'operator-ids': async () => {
    const datafile = smallDatafile({
      featureFlags: [flag('a', [], { rolloutId: 'r' })],
      rollouts: [{ id: 'r', experiments: [rule('1', ['11'], { audienceConditions: ['or', 'and', 'and'] })] }],
      typedAudiences: [{ id: 'and', name: 'named like an operator', conditions: isOne }],
    });
    const text = (sdk: Sdk) =>
      create(sdk, { datafile }).getOptimizelyConfig()?.featuresMap.a?.deliveryRules[0]?.audiences;
    const named = '"named like an operator"';
    expect(await both(text)).toEqual({ official: '', ours: `${named} OR ${named}` });
  },
  'view-owner': async () => {
    const variable = (key: string) => ({ id: `v-${key}`, key, type: 'string', defaultValue: '' });
    const of = (key: string) => flag(key, ['1'], { variables: [variable(`of_${key}`)] });
    const datafile = smallDatafile({ featureFlags: [of('b'), of('7')], experiments: [rule('1', ['11'])] });
    const variables = (sdk: Sdk) => {
      const { rule_1 } = create(sdk, { datafile }).getOptimizelyConfig()?.experimentsMap ?? {};
      return Object.keys(rule_1?.variationsMap.variation_11?.variablesMap ?? {});
    };
    expect(await both(variables)).toEqual({ official: ['of_b'], ours: ['of_7'] });
  },
  'foreign-variation': async () => {
    const experiments = [rule('1', ['11']), rule('2', ['21'])];
    const activated = async (sdk: Sdk) => {
      let seen: unknown;
      const sent = ({ params }: { params: { visitors: [{ snapshots: [{ decisions: [object] }] }] } }) => {
        seen = params.visitors[0].snapshots[0].decisions[0];
      };
      const attributes = { $opt_experiment_bucket_map: { 1: { variation_id: '21' } } };
      create(sdk, { datafile: { ...plain, experiments }, sent: sent as never }).activate('rule_1', 'ada', attributes);
      await new Promise((resolve) => setImmediate(resolve));
      return seen;
    };
    const shown = await both(activated);
    expect(shown.official).toMatchObject({ variation_id: null, metadata: { variation_key: '' } });
    expect(shown.ours).toMatchObject({ variation_id: '21', metadata: { variation_key: 'variation_21' } });
  },
  'unread-profile': async () => {
    const saves = (sdk: Sdk) => {
      const saved: unknown[] = [];
      const lookup = () => {
        throw new Error('down');
      };
      const userProfileService = { lookup, save: (profile: unknown) => void saved.push(profile) };
      create(sdk, { config: { userProfileService } }).createUserContext('ada').decide('a');
      return saved.length;
    };
    expect(await both(saves)).toEqual({ official: 1, ours: 0 });
  },
  'hanging-profile': async () => {
    vi.useFakeTimers();
    try {
      const decided = async (sdk: Sdk) => {
        const userProfileServiceAsync = { lookup: () => new Promise(() => undefined), save: async () => undefined };
        const user = create(sdk, { config: { userProfileServiceAsync } }).createUserContext('ada');
        const deciding = user.decideAsync('a').then(({ variationKey }) => variationKey);
        const given = new Promise((resolve) => setTimeout(resolve, 60_000, 'nothing in a minute'));
        await vi.advanceTimersByTimeAsync(60_000);
        return Promise.race([deciding, given]);
      };
      expect(await both(decided)).toEqual({ official: 'nothing in a minute', ours: 'variation_11' });
    } finally {
      vi.useRealTimers();
    }
  },
  'lone-surrogates': async () => {
    const id = (json: string) => /"visitor_id":"([^"]*)"/.exec(json)?.[1];
    expect(await both(sentOf(plain, 'a\ud800', {}, id))).toEqual({ official: 'a\\ud800', ours: 'a\ufffd' });
  },
  'unsendable-tags': async () => {
    const tags = (json: string) => JSON.parse(json).visitors[0].snapshots[0].events[0].tags;
    const shown = await both(sentOf(plain, 'ada', { big: 1n, kept: 1 }, tags));
    expect(shown).toEqual({ official: 'threw TypeError', ours: { kept: 1 } });
  },
  'region-case': async () => {
    const host = (_json: string, url: string) => new URL(url).host;
    const shown = await both(sentOf({ ...plain, region: 'eu' }, 'ada', {}, host));
    expect(shown).toEqual({ official: 'logx.optimizely.com', ours: 'eu.logx.optimizely.com' });
  },
  'after-close': async () => {
    const folder = mkdtempSync(join(tmpdir(), 'after-close-'));
    const outfile = join(folder, 'ours.mjs');
    await build({
      stdin: {
        contents: `export * from '@sortition/optimizely-compat';`,
        resolveDir: import.meta.dirname ?? '.',
      },
      bundle: true,
      outfile,
      platform: 'node',
      format: 'esm',
      conditions: ['@sortition/source'],
    });
    const ours = pathToFileURL(outfile).href;
    const theirs = pathToFileURL(require.resolve('@optimizely/optimizely-sdk')).href;
    const lastsAfterClose = async (url: string) => {
      const program = `
        const module = await import(process.argv[1]);
        const sdk = module.createInstance ? module : module.default;
        const client = sdk.createInstance({
          projectConfigManager: sdk.createStaticProjectConfigManager({ datafile: process.argv[2] }),
          eventProcessor: sdk.createBatchEventProcessor(),
        });
        await client.onReady();
        await client.close();
        client.track('purchase', 'ada');
        setTimeout(() => console.log('still running'), 50);`;
      const args = ['--input-type=module', '-e', program, url, JSON.stringify(plain)];
      const { stdout } = await promisify(execFile)(process.execPath, args).catch(() => ({ stdout: 'ended' }));
      return stdout.trim();
    };
    expect(await lastsAfterClose(theirs)).toBe('ended');
    expect(await lastsAfterClose(ours)).toBe('still running');
    rmSync(folder, { recursive: true });
  },
};

describe('deviations of the drop-in from the official SDK', () => {
  for (const { id, kind, ours } of API_DEVIATIONS) it(`${id} (${kind}): ${ours}`, async () => SHOW[id](), 30_000);

  it('every row is named once', () => {
    expect(new Set(API_DEVIATIONS.map(({ id }) => id)).size).toBe(API_DEVIATIONS.length);
  });
});
