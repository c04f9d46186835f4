/** Runs calls of the whole public API through the official SDK and the drop-in, and compares everything that can be seen. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import * as compat from '@sortition/optimizely-compat';
import { type ApiCall, generateApiCalls } from './api-calls.ts';
import { type ApiObservation, type ApiSide, createApiSide, type Predict, type Sdk } from './api-side.ts';
import type { Datafile, RuleJson } from './datafile-json.ts';
import { type Difference, findDifferences } from './difference.ts';
import { generateCalls } from './generate-calls.ts';
import { sdk as official } from './official-client.ts';
import { createRandom, scenarioSeed } from './random.ts';
import { type ClientSettings, generateScenario } from './scenario.ts';

/** A call on which the two disagree. */
export interface ApiMismatch {
  /** Seed of the scenario, or name of the datafile. */
  readonly scenario: string;
  readonly index: number;
  readonly call: ApiCall;
  readonly differences: readonly Difference[];
}

/** What was compared. */
export interface ApiComparison {
  calls: number;
  notes: number;
  sent: number;
  saves: number;
  scenarios: number;
  readonly methods: Map<string, number>;
  readonly mismatches: ApiMismatch[];
}

/** The comparison of nothing yet. */
export function createApiComparison(): ApiComparison {
  return { calls: 0, notes: 0, sent: 0, saves: 0, scenarios: 0, methods: new Map(), mismatches: [] };
}

/** Compares generated scenarios until that many calls were compared. */
export async function compareApi(runSeed: number, calls: number): Promise<ApiComparison> {
  const total = createApiComparison();
  for (let index = 0; total.calls < calls; index += 1) await compareApiScenario(scenarioSeed(runSeed, index), total);
  return total;
}

/** Compares the scenario of a seed. */
export async function compareApiScenario(seed: number, total: ApiComparison): Promise<void> {
  const generated = generateScenario(seed);
  const scenario = { ...generated, datafile: withSingleNot(generated.datafile) as Datafile };
  const calls = generateApiCalls(createRandom(seed ^ 0xa91), scenario.datafile, scenario.calls);
  await compareCalls(String(seed), scenario, calls, total);
}

/** Compares calls on the datafiles of a folder; answers how many there are. */
export async function compareApiDatafiles(
  folder: URL,
  seed: number,
  callsEach: number,
  total: ApiComparison,
): Promise<number> {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : [];
  for (const name of names) {
    const datafile = JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Datafile;
    for (const mode of ['sync', 'async'] as const) {
      const random = createRandom(seed);
      const calls = generateApiCalls(random, datafile, generateCalls(random, datafile, mode, callsEach / 2));
      await compareCalls(name, { datafile, defaultOptions: [], profiles: mode }, calls, total);
    }
  }
  return names.length;
}

async function compareCalls(
  scenario: string,
  settings: ClientSettings,
  generated: readonly ApiCall[],
  total: ApiComparison,
): Promise<void> {
  const theirs = createApiSide(official as unknown as Sdk, settings, toRequestHandler);
  const ours = createApiSide(compat, settings, toFetch);
  const last = (): readonly unknown[] => [];
  const views = generated.slice(0, 1).map(({ by }): ApiCall => ({ method: 'getOptimizelyConfig', keys: [], by, last }));
  const calls = decisionsOnly(settings.datafile, [...views, ...generated]);
  total.scenarios += 1;
  for (const [index, call] of calls.entries()) {
    const expected = await theirs.observe(call);
    const actual = await observeOurs(ours, call);
    const differences = isSkipped(expected, call, settings.datafile)
      ? []
      : findDifferences(normalise(expected, call), normalise(actual, call));
    total.calls += 1;
    total.notes += expected.notes.length;
    total.sent += expected.sent.length;
    total.saves += expected.saves.length;
    total.methods.set(call.method, (total.methods.get(call.method) ?? 0) + 1);
    if (differences.length > 0) total.mismatches.push({ scenario, index, call, differences });
  }
  await Promise.all([theirs.close(), ours.close()]);
}

/** Row not-operands: conditions whose "not" has one operand, which is all that is evaluated. */
function withSingleNot(value: unknown): unknown {
  if (Array.isArray(value)) return (value[0] === 'not' ? value.slice(0, 2) : value).map(withSingleNot);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, withSingleNot(field)]));
}

/**
 * Rows of calls that are not compared. view-throws: there is no official view. foreign-variation: what was activated is no
 * variation of the experiment. operator-ids and view-owner: see `isOddView`.
 */
function isSkipped(expected: ApiObservation, { method, keys }: ApiCall, datafile: Datafile): boolean {
  if (method === 'getOptimizelyConfig') return expected.answer === null || isOddView(datafile);
  if (method !== 'activate' || expected.answer === null) return false;
  const own =
    experimentsOf(datafile)
      .filter(({ key }) => key === keys[0])
      .at(-1)?.variations ?? [];
  return !own.some(({ key }) => key === expected.answer);
}

/** Rows operator-ids and view-owner: an audience is named like an operator, or two flags share an experiment. */
function isOddView({ featureFlags, audiences = [], typedAudiences = [] }: Datafile): boolean {
  const ids = [...(audiences as { id: string }[]), ...(typedAudiences as { id: string }[])].map(({ id }) => id);
  const shared = featureFlags.flatMap(({ experimentIds }) => [...new Set(experimentIds)]);
  return ids.some((id) => ['and', 'or', 'not'].includes(id)) || new Set(shared).size < shared.length;
}

/** Row reused-ids: of a datafile in which entities share an id, or flags a key, only decisions are compared. */
function decisionsOnly(datafile: Datafile, calls: readonly ApiCall[]): readonly ApiCall[] {
  return hasReusedIds(datafile)
    ? calls.filter(({ method }) => method.startsWith('decide'))
    : calls.filter((call) => !isForcedElsewhere(datafile, call));
}

/** Row forced-by-key: an experiment with the key does not have the variation that is forced. */
function isForcedElsewhere(datafile: Datafile, { method, keys, last }: ApiCall): boolean {
  if (method !== 'setForcedVariation') return false;
  const [variationKey] = last();
  const named = [...experimentsOf(datafile), ...deliveriesOf(datafile)].filter(({ key }) => key === keys[0]);
  const having = named.filter(({ variations }) => variations.some(({ key }) => key === variationKey));
  return having.length > 0 && having.length < named.length;
}

function hasReusedIds(datafile: Datafile): boolean {
  const rules = [...experimentsOf(datafile), ...deliveriesOf(datafile)];
  const variationIds = rules.flatMap(({ variations }) => variations.map(({ id }) => id));
  const hasTwice = (texts: readonly string[]): boolean => new Set(texts).size < texts.length;
  return [rules.map(({ id }) => id), variationIds, datafile.featureFlags.map(({ key }) => key)].some(hasTwice);
}

function experimentsOf({ experiments, groups = [] }: Datafile): RuleJson[] {
  return [...experiments, ...(groups as { experiments: RuleJson[] }[]).flatMap((group) => group.experiments)];
}

function deliveriesOf({ rollouts = [] }: Datafile): RuleJson[] {
  return rollouts.flatMap(({ experiments }) => experiments);
}

/** Rows of `api-deviation-table.ts` that one side shows and the other does not. */
function normalise(seen: ApiObservation, { by }: ApiCall): ApiObservation {
  // Row unread-profile: the official SDK overwrites a profile that it could not read.
  const saves = by.profile === 'throws' ? [] : seen.saves;
  return { ...seen, saves, sent: seen.sent.map(wireValue), notes: seen.notes.map(wireValue) };
}

/** Rows D23 and lone-surrogates, which are about what is sent. */
function wireValue(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, dropOddValues), (_key, field) =>
    typeof field === 'string' ? toWellFormed(field) : field,
  );
}

function dropOddValues(this: unknown, key: string, value: unknown): unknown {
  const isEvent = key === 'value' && typeof this === 'object' && this !== null && 'entity_id' in this && 'uuid' in this;
  return isEvent && typeof value !== 'number' ? undefined : value;
}

function toWellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd');
}

/** The way of the universal build to the prediction service. */
function toRequestHandler(predict: Predict): object {
  const makeRequest = (_url: string, _headers: unknown, _method: string, body: string) => ({
    abort: () => undefined,
    responsePromise: Promise.resolve({ statusCode: 200, headers: {}, body: predict(body) }),
  });
  return { requestHandler: { makeRequest } };
}

let predictOurs: Predict | undefined;

/** Ours asks with `fetch`. */
function toFetch(predict: Predict): object {
  predictOurs = predict;
  return {};
}

/** Observes a call of ours while `fetch` is the prediction service. */
async function observeOurs(side: ApiSide, call: ApiCall): Promise<ApiObservation> {
  const { fetch } = globalThis;
  globalThis.fetch = async (_url, init) => new Response(predictOurs?.(String(init?.body)), { status: 200 });
  try {
    return await side.observe(call);
  } finally {
    globalThis.fetch = fetch;
  }
}
