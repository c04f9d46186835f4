/** Project configs of a few entities, for tests that show one thing. */
import {
  type Attributes,
  createUserSnapshot,
  type DecideInput,
  type DecisionOutcome,
  decide,
  type Flag,
  formatReason,
  type ProjectConfig,
  type Reason,
  type Rule,
  type UserSnapshot,
  type Variation,
} from '../src/index.ts';

export function variation(id: string, parts: Partial<Variation> = {}): Variation {
  return { id, key: `variation_${id}`, featureEnabled: true, ...parts };
}

/** A running rule; without `parts` its first variation has all traffic. */
export function rule(id: string, variationIds: readonly string[], parts: Partial<Rule> = {}): Rule {
  return {
    id,
    key: `rule_${id}`,
    status: 'Running',
    layerId: `layer_${id}`,
    variations: variationIds.map((variationId) => variation(variationId)),
    trafficRanges: variationIds.slice(0, 1).map((entityId) => ({ entityId, endOfRange: 10_000 })),
    audienceConditions: [],
    hasAudienceConditions: false,
    allowList: undefined,
    groupId: undefined,
    cmab: undefined,
    ...parts,
  };
}

export function flag(key: string, experimentIds: readonly string[], parts: Partial<Flag> = {}): Flag {
  return { id: `flag_${key}`, key, experimentIds, rolloutId: '', variables: [], ...parts };
}

interface Parts extends Partial<Omit<ProjectConfig, 'flags' | 'rollouts' | 'audiences' | 'groups' | 'localHoldouts'>> {
  readonly flags?: readonly Flag[];
  readonly rollouts?: Readonly<Record<string, readonly Rule[]>>;
  /** Audience id to conditions. */
  readonly audiences?: Readonly<
    Record<
      string,
      ProjectConfig['audiences'] extends ReadonlyMap<string, infer A>
        ? A extends { conditions: infer C }
          ? C
          : never
        : never
    >
  >;
  readonly groups?: readonly { id: string; policy: string; trafficRanges: Rule['trafficRanges'] }[];
  readonly localHoldouts?: Readonly<Record<string, readonly Rule[]>>;
}

/** One flag `a` with the experiments unless the parts say otherwise. */
export function project(parts: Parts): ProjectConfig {
  const { flags, experiments = [], rollouts = {}, audiences = {}, groups = [], localHoldouts = {}, ...rest } = parts;
  const rules = [...experiments, ...Object.values(rollouts).flat()];
  return {
    version: '4',
    accountId: '',
    projectId: '',
    revision: '1',
    sdkKey: '',
    environmentKey: '',
    region: 'US',
    anonymizeIp: false,
    botFiltering: undefined,
    sendFlagDecisions: false,
    flags: new Map(
      (
        flags ?? [
          flag(
            'a',
            experiments.map(({ id }) => id),
          ),
        ]
      ).map((each) => [each.key, each]),
    ),
    rules: new Map(rules.map((each) => [each.id, each])),
    experiments,
    rollouts: new Map(Object.entries(rollouts)),
    groups: new Map(groups.map((group) => [group.id, group])),
    audiences: new Map(
      Object.entries(audiences).map(([id, conditions]) => [id, { id, name: `name of ${id}`, conditions }]),
    ),
    globalHoldouts: [],
    localHoldouts: new Map(Object.entries(localHoldouts)),
    attributes: new Map(),
    events: new Map(),
    odp: null,
    ...rest,
  };
}

export function user(userId: string, attributes?: Attributes): UserSnapshot {
  return createUserSnapshot(userId, attributes);
}

/** A decision with its reasons as text. */
export function decideWithReasons(
  config: ProjectConfig,
  who: UserSnapshot,
  input: DecideInput = {},
  flagKey = 'a',
): { outcome: DecisionOutcome; reasons: readonly string[] } {
  const reasons: Reason[] = [];
  const outcome = decide(config, who, flagKey, { ...input, trace: { reasons } });
  const silent = decide(config, who, flagKey, input);
  if (JSON.stringify(silent) !== JSON.stringify(outcome)) throw new Error('reasons changed the outcome');
  return { outcome, reasons: reasons.map(formatReason) };
}

/** Who got what, in short: rule and variation key. */
export function served({ rule: by, variation: what }: DecisionOutcome): readonly [string | null, string | null] {
  return [by?.key ?? null, what?.key ?? null];
}
