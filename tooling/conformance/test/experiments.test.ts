import { readdirSync, readFileSync } from 'node:fs';
import { type Assignments, createUserSnapshot, decideExperiment, detailedTrace, formatReason } from '@sortition/core';
import { parseDatafile } from '@sortition/datafile';
import { describe, expect, it } from 'vitest';
import type { Datafile } from '../src/datafile-json.ts';
import type { Call } from '../src/generate-calls.ts';
import { createOfficialClient, type OfficialClient, sdk } from '../src/official-client.ts';
import { createRandom, scenarioSeed } from '../src/random.ts';
import { generateScenario } from '../src/scenario.ts';

/** What both sides show of one experiment: the variation, what is stored, and the impression on the wire. */
interface Seen {
  readonly variationKey: string | null;
  readonly saved: Readonly<Record<string, unknown>> | undefined;
  readonly impression: object | undefined;
}

interface Asked {
  readonly experimentKey: string;
  readonly call: Call;
  /** Forced by the application, if it is a variation of the experiment. */
  readonly forced: string | undefined;
}

function createOfficial(datafile: object): (asked: Asked) => Seen {
  let impression: object | undefined;
  let saved: Record<string, unknown> | undefined;
  let stored: Call['profile'] = null;
  const client: OfficialClient = createOfficialClient(datafile, {
    eventProcessor: sdk.createForwardingEventProcessor({
      dispatchEvent: ({ params }) => {
        impression = wireDecision(params);
        return Promise.resolve({ statusCode: 200 });
      },
    }),
    userProfileService: {
      lookup: (user_id: string) => {
        if (stored === 'throws') throw new Error('the store is down');
        return stored === null ? null : { user_id, experiment_bucket_map: structuredClone(stored) };
      },
      save: ({ experiment_bucket_map }: { experiment_bucket_map: Record<string, unknown> }) => {
        saved = experiment_bucket_map;
      },
    } as never,
  });
  return ({ experimentKey, call: { userId, attributes, profile }, forced }) => {
    impression = undefined;
    saved = undefined;
    stored = profile;
    if (forced !== undefined) client.setForcedVariation(experimentKey, userId, forced);
    const variationKey = client.activate(experimentKey, userId, attributes as never);
    if (forced !== undefined) client.setForcedVariation(experimentKey, userId, null);
    return { variationKey, saved, impression };
  };
}

function wireDecision(params: unknown): object {
  type Wire = { visitors: [{ snapshots: [{ decisions: [{ metadata: object }] }] }] };
  const [{ metadata, ...decision }] = (params as Wire).visitors[0].snapshots[0].decisions;
  return { ...decision, ...metadata };
}

function createOurs(datafile: object): (asked: Asked) => Seen {
  const { config } = parseDatafile(JSON.stringify(datafile));
  return ({ experimentKey, call: { userId, attributes, profile }, forced }) => {
    const user = createUserSnapshot(userId, attributes);
    const stored = new Map(
      profile === null || profile === 'throws'
        ? []
        : Object.entries(profile).map(([id, { variation_id }]): [string, string] => [id, variation_id]),
    );
    const rule = config.experiments.find(({ key }) => key === experimentKey);
    const forcedId = rule?.variations.find(({ key }) => key === forced)?.id;
    const forcedVariations: Assignments | undefined =
      rule === undefined || forcedId === undefined ? undefined : new Map([[rule.id, forcedId]]);
    const outcome = decideExperiment(config, user, experimentKey, { stored, forcedVariations });
    const explained = detailedTrace();
    const again = decideExperiment(config, user, experimentKey, { stored, forcedVariations, trace: explained });
    expect(again.variation).toBe(outcome.variation);
    expect(explained.reasons.map(formatReason).every((text) => text !== '')).toBe(true);
    const { variation, assignment } = outcome;
    const own = outcome.rule?.variations.some(({ key }) => key === variation?.key) ? variation : undefined;
    return {
      variationKey: variation?.key ?? null,
      saved: assignment
        ? {
            ...Object.fromEntries([...stored].map(([id, variation_id]) => [id, { variation_id }])),
            ...(user.attributeAssignments &&
              Object.fromEntries([...user.attributeAssignments].map(([id, variation_id]) => [id, { variation_id }]))),
            [assignment.experimentId]: { variation_id: assignment.variationId },
          }
        : undefined,
      impression: variation
        ? {
            campaign_id: outcome.rule?.layerId || outcome.rule?.id || null,
            experiment_id: outcome.rule?.id,
            variation_id: own && /^\d+$/.test(own.id) ? own.id : null,
            flag_key: outcome.flagKey,
            rule_key: outcome.rule?.key,
            rule_type: outcome.source,
            variation_key: own?.key ?? '',
            enabled: outcome.enabled,
          }
        : undefined,
    };
  };
}

/** Keys that one rule has: of two rules with one key the official SDK mixes the two up, which is deviation D1. */
function experimentKeys(datafile: Datafile): readonly string[] {
  const groups = (datafile.groups ?? []) as { experiments: { key: string }[] }[];
  const experiments = [...datafile.experiments, ...groups.flatMap((group) => group.experiments)].map(({ key }) => key);
  const deliveries = (datafile.rollouts ?? []).flatMap((rollout) => rollout.experiments.map(({ key }) => key));
  const all = [...experiments, ...deliveries];
  return [
    ...experiments.filter((key) => all.indexOf(key) === all.lastIndexOf(key)),
    ...deliveries.slice(0, 1).filter((key) => !experiments.includes(key)),
    'unknown',
  ];
}

function compare(
  datafile: Datafile,
  calls: readonly Call[],
  variationKeys: readonly string[],
  seed: number,
): Record<string, number> {
  const random = createRandom(seed);
  const official = createOfficial(datafile);
  const ours = createOurs(datafile);
  const counts = { asked: 0, served: 0, saved: 0 };
  for (const call of calls) {
    for (const experimentKey of experimentKeys(datafile)) {
      // The official SDK sets a variation for the user id '' and cannot remove it again.
      const isForced = call.userId !== '' && random.chance(0.1);
      const asked = { experimentKey, call, forced: isForced ? random.pick(variationKeys) : undefined };
      const expected = official(asked);
      expect(ours(asked), JSON.stringify({ asked, seed })).toEqual(expected);
      counts.asked += 1;
      if (expected.variationKey !== null) counts.served += 1;
      if (expected.saved !== undefined) counts.saved += 1;
    }
  }
  return counts;
}

function variationKeysOf(datafile: Datafile): readonly string[] {
  const groups = (datafile.groups ?? []) as { experiments: { variations: { key: string }[] }[] }[];
  const rules = [...datafile.experiments, ...groups.flatMap(({ experiments }) => experiments)];
  return [...rules.flatMap(({ variations }) => variations.map(({ key }) => key)), 'unknown'];
}

describe('an experiment asked by its own key equals getVariation and activate of the official SDK', () => {
  it.each([
    ['with flags', (datafile: Datafile) => datafile],
    ['without a single flag', (datafile: Datafile) => ({ ...datafile, featureFlags: [], rollouts: [] })],
  ])('on generated datafiles %s', (_name, shape) => {
    const total = { asked: 0, served: 0, saved: 0 };
    for (let index = 0; total.asked < 5_000; index += 1) {
      const seed = scenarioSeed(77, index);
      const scenario = generateScenario(seed);
      const datafile = shape(scenario.datafile);
      const counts = compare(datafile, scenario.calls, variationKeysOf(datafile), seed);
      for (const name of ['asked', 'served', 'saved'] as const) total[name] += counts[name] ?? 0;
    }
    expect(total.served).toBeGreaterThan(500);
    expect(total.saved).toBeGreaterThan(100);
  });

  const folder = new URL('../../../../shared/datafiles/', import.meta.url);
  const files = listFiles(folder);
  it.skipIf(files.length === 0)("on datafiles of other SDKs' own tests, beside the checkout", () => {
    let served = 0;
    for (const name of files) {
      const datafile = JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Datafile;
      const calls = Array.from(
        { length: 50 },
        (_, index): Call => ({
          kind: 'decide',
          keys: [],
          options: [],
          userId: `user${index}`,
          attributes: index % 2 === 0 ? { browser_type: 'chrome', house: 'Gryffindor', lasers: 45.5 } : {},
          segments: null,
          forced: [],
          profile: null,
        }),
      );
      served += compare(datafile, calls, variationKeysOf(datafile), 1).served ?? 0;
    }
    expect(served).toBeGreaterThan(50);
  });
});

function listFiles(folder: URL): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.json'));
  } catch {
    return [];
  }
}
