/** Flags of a test, and the project that serves them. */
import {
  type AnyFlags,
  type ConfigSource,
  createStaticConfig,
  type FlagKey,
  type FlagMap,
  type ProjectConfig,
  type VariablesOf,
  type VariationKeyOf,
} from 'sortition';

/** The decision of every user for a flag. */
export interface TestFlag<F extends FlagMap<F> = AnyFlags, K extends FlagKey<F> = FlagKey<F>> {
  /** `'on'`, or `'off'` for a disabled flag, by default. */
  readonly variationKey?: VariationKeyOf<F, K> | undefined;
  /** `true` by default. */
  readonly enabled?: boolean | undefined;
  /** Served whether the flag is enabled or not; any JSON values, `undefined` is left out. */
  readonly variables?: Readonly<VariablesOf<F, K>> | undefined;
}

/** Flags by key; other flags do not exist. */
export type TestFlags<F extends FlagMap<F> = AnyFlags> = { readonly [K in FlagKey<F>]?: TestFlag<F, K> | undefined };

/** Builds the project: per flag one experiment that gives all traffic to one variation, so that decisions are recorded. */
export function buildTestConfig(flags: ReadonlyMap<string, TestFlag>, revision: number): ProjectConfig {
  const entries = [...flags];
  const datafile = {
    version: '4',
    revision: String(revision),
    accountId: 'test',
    projectId: 'test',
    sdkKey: 'test',
    environmentKey: 'test',
    sendFlagDecisions: true,
    experiments: entries.map(([flagKey, flag]) => buildRule(flagKey, flag)),
    featureFlags: entries.map(([flagKey, { variables = {} }]) => ({
      id: flagKey,
      key: flagKey,
      experimentIds: [ruleIdOf(flagKey)],
      rolloutId: '',
      variables: Object.entries(variables).map(([key, value]) => ({ id: key, key, ...describeVariable(value) })),
    })),
  };
  const config = createStaticConfig({ datafile }).current() as ProjectConfig;
  return { ...config, events: createAnyEvents() };
}

/** A config source whose config can be replaced. */
export function createReplaceableConfig(
  initial: ProjectConfig,
): ConfigSource & { replace(config: ProjectConfig): void } {
  let current = initial;
  const listeners = new Set<Parameters<ConfigSource['subscribe']>[0]>();
  return {
    current: () => current,
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    replace(config) {
      current = config;
      for (const listener of listeners) listener({ type: 'config', config, problems: [] });
    },
  };
}

function ruleIdOf(flagKey: string): string {
  return `rule of ${flagKey}`;
}

function buildRule(flagKey: string, { enabled = true, variationKey = enabled ? 'on' : 'off' }: TestFlag): object {
  const variationId = `variation of ${flagKey}`;
  return {
    id: ruleIdOf(flagKey),
    key: 'test',
    status: 'Running',
    layerId: 'test',
    variations: [{ id: variationId, key: variationKey, featureEnabled: enabled }],
    trafficAllocation: [{ entityId: variationId, endOfRange: 10_000 }],
    audienceIds: [],
    forcedVariations: {},
  };
}

/** Returns a variable's type and text, from which a decision reads the same value. */
function describeVariable(value: unknown): { type: string; defaultValue: string } {
  if (typeof value === 'boolean') return { type: 'boolean', defaultValue: String(value) };
  if (typeof value === 'number') return { type: 'double', defaultValue: String(value) };
  if (typeof value === 'string') return { type: 'string', defaultValue: value };
  return { type: 'json', defaultValue: JSON.stringify(value) };
}

/** Without a datafile every event key is valid. */
function createAnyEvents(): ProjectConfig['events'] {
  const events: ProjectConfig['events'] = new Map();
  return Object.assign(events, { get: (key: string) => ({ id: key, key, experimentIds: [] }), has: () => true });
}
