/** Our evaluation under observation. */
import {
  createUserSnapshot,
  decide,
  formatReason,
  type Reason,
  withForcedDecisions,
  withSegments,
} from '@sortition/core';
import { parseDatafile } from '@sortition/datafile';
import type { DecisionFields, ImpressionFields, Observation, Side } from './observation.ts';
import type { Scenario } from './scenario.ts';

/** Creates a client of ours. */
export function createOurSide({ datafile, defaultOptions, profiles }: Omit<Scenario, 'seed' | 'calls'>): Side {
  const { config } = parseDatafile(JSON.stringify(datafile));
  return {
    observe(call) {
      const seen: Observation = { decisions: [], notifications: [], impressions: [], lookups: 0, saves: [] };
      const options = new Set([...defaultOptions, ...call.options]);
      const forced = new Map<string, Map<string | null, string>>();
      for (const { flagKey, ruleKey, variationKey } of call.forced) {
        const rules = forced.get(flagKey) ?? new Map();
        forced.set(flagKey, rules.set(ruleKey ?? null, variationKey));
      }
      const segments = call.segments === null ? null : new Set(call.segments);
      const base = createUserSnapshot(call.userId, call.attributes);
      const user = withForcedDecisions(withSegments(base, segments), forced);
      const ignore = options.has('IGNORE_USER_PROFILE_SERVICE');
      if (profiles && !ignore && (call.kind !== 'decideForKeys' || call.keys.length > 0)) seen.lookups += 1;
      const storedMap = profiles && !ignore && call.profile !== 'throws' ? (call.profile ?? {}) : {};
      const fresh = new Map<string, string>();
      const keys = call.kind === 'decideAll' ? [...config.flags.keys()] : call.keys;
      const found = new Map<string, DecisionFields>();
      for (const key of keys) {
        const flag = config.flags.get(key);
        if (!flag) {
          found.set(key, {
            variationKey: null,
            enabled: false,
            variables: {},
            ruleKey: null,
            flagKey: key,
            userContext: { userId: call.userId, attributes: call.attributes ?? {} },
            reasons: [`No flag was found for key "${key}".`],
          });
        }
      }
      const outcomes = new Map<string, [ReturnType<typeof decide>, Reason[]]>();
      for (const key of keys) {
        if (found.has(key)) continue;
        const reasons: Reason[] = [];
        const outcome = decide(config, user, key, {
          fresh,
          stored: { get: (id) => (Object.hasOwn(storedMap, id) ? storedMap[id]?.variation_id : undefined) },
          ignoreAssignments: ignore,
          excludeVariables: options.has('EXCLUDE_VARIABLES'),
          trace: { reasons },
        });
        if (outcome.assignment && !ignore) fresh.set(outcome.assignment.experimentId, outcome.assignment.variationId);
        outcomes.set(key, [outcome, reasons]);
      }
      for (const key of keys) {
        if (found.has(key)) continue;
        const [outcome, reasons] = outcomes.get(key)!;
        const decision: DecisionFields = {
          variationKey: outcome.variation?.key ?? null,
          enabled: outcome.enabled,
          variables: outcome.variables as Record<string, unknown>,
          ruleKey: outcome.rule?.key ?? null,
          flagKey: key,
          userContext: { userId: call.userId, attributes: call.attributes ?? {} },
          reasons: options.has('INCLUDE_REASONS') ? reasons.map(formatReason) : [],
        };
        const sends =
          !options.has('DISABLE_DECISION_EVENT') && (outcome.source !== 'rollout' || config.sendFlagDecisions);
        if (sends) {
          const { rule, variation } = outcome;
          const impression: ImpressionFields = {
            visitorId: call.userId,
            campaignId: rule ? rule.layerId || rule.id || null : null,
            experimentId: rule?.id ?? '',
            variationId: variation && /^\d+$/.test(variation.id) ? variation.id : null,
            flagKey: key,
            ruleKey: rule?.key ?? '',
            ruleType: outcome.source,
            variationKey: variation?.key ?? '',
            enabled: outcome.enabled,
            cmabUuid: undefined,
          };
          seen.impressions.push(impression);
        }
        seen.notifications.push({
          type: 'flag',
          userId: call.userId,
          attributes: call.attributes ?? {},
          decisionInfo: {
            flagKey: key,
            enabled: decision.enabled,
            variationKey: decision.variationKey,
            ruleKey: decision.ruleKey,
            variables: decision.variables,
            reasons: decision.reasons,
            decisionEventDispatched: sends,
            experimentId: outcome.rule?.id ?? null,
            variationId: outcome.variation?.id ?? null,
          },
        });
        if (call.kind === 'decide' || !options.has('ENABLED_FLAGS_ONLY') || outcome.enabled) found.set(key, decision);
      }
      seen.decisions = [...found];
      const record = Object.fromEntries(found);
      seen.decisions = Object.entries(record);
      if (fresh.size > 0 && profiles && !ignore) {
        const own = (call.attributes?.$opt_experiment_bucket_map ?? {}) as Record<string, unknown>;
        const map = {
          ...storedMap,
          ...own,
          ...Object.fromEntries([...fresh].map(([id, variation_id]) => [id, { variation_id }])),
        };
        seen.saves.push({ user_id: call.userId, experiment_bucket_map: map });
      }
      return seen;
    },
  };
}
