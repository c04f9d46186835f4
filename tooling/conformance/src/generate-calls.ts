/** Generates what is asked of a datafile: users, their stored assignments, forced decisions, options and the call itself. */
import type { Script } from './cmab-script.ts';
import type { Datafile, RuleJson } from './datafile-json.ts';
import type { Random } from './random.ts';
import { ATTRIBUTE_KEYS, LISTED_USERS, NUMBERS_OF_USERS, SEGMENTS, STRINGS, VERSIONS } from './vocabulary.ts';

/** One call of the decide family with everything that decides its outcome. */
export interface Call {
  readonly kind: 'decide' | 'decideForKeys' | 'decideAll';
  readonly keys: readonly string[];
  readonly options: readonly string[];
  readonly userId: string;
  readonly attributes: Readonly<Record<string, unknown>> | undefined;
  readonly segments: readonly string[] | null;
  readonly forced: readonly ForcedJson[];
  /** What the profile store holds for the user. */
  readonly profile: StoredProfile;
  /** What the prediction service answers; its presence makes the call asynchronous. */
  readonly predictions?: Script;
}

export interface ForcedJson {
  readonly flagKey: string;
  readonly ruleKey?: string | null;
  readonly variationKey: string;
}

/** `'throws'`: the lookup fails. */
export type StoredProfile = null | 'throws' | Readonly<Record<string, { readonly variation_id: string }>>;

const SYNC_OPTIONS = [
  'DISABLE_DECISION_EVENT',
  'ENABLED_FLAGS_ONLY',
  'IGNORE_USER_PROFILE_SERVICE',
  'EXCLUDE_VARIABLES',
];

/** Names of one datafile that calls refer to. */
interface Names {
  readonly flagKeys: readonly string[];
  readonly ruleKeys: readonly string[];
  readonly ruleIds: readonly string[];
  readonly variationKeys: readonly string[];
  readonly variationIds: readonly string[];
  readonly bandits: readonly RuleJson[];
}

/** Generates calls on a datafile. */
export function generateCalls(random: Random, datafile: Datafile, mode: 'sync' | 'async', count: number): Call[] {
  const names = collectNames(datafile);
  return Array.from({ length: count }, () => {
    const call = generateCall(random, names);
    return mode === 'sync' ? call : { ...call, predictions: generatePredictions(random, names) };
  });
}

function generateCall(random: Random, names: Names): Call {
  const kind = random.pick(['decide', 'decideForKeys', 'decideAll', 'decideAll'] as const);
  const count = kind === 'decide' ? 1 : kind === 'decideAll' ? 0 : random.below(8);
  const userId = generateUserId(random);
  return {
    kind,
    // A key asked for twice in one call is a deviation of its own.
    keys: [
      ...new Set(
        Array.from({ length: count }, () =>
          random.chance(0.05) ? random.pick(UNKNOWN_KEYS) : random.pick(names.flagKeys),
        ),
      ),
    ],
    options: [
      ...(random.chance(0.75) ? ['INCLUDE_REASONS'] : []),
      ...random.some(SYNC_OPTIONS, 0.15),
      ...oddOptions(random),
    ],
    userId,
    attributes: random.chance(0.03) ? undefined : generateAttributes(random, names),
    segments: random.chance(0.4) ? null : random.some(SEGMENTS, 0.4),
    forced: random.chance(0.3) ? Array.from({ length: random.between(1, 3) }, () => generateForced(random, names)) : [],
    profile: generateProfile(random, names),
  };
}

const UNKNOWN_KEYS = ['unknown-flag', '', 'Flag_1', ' '];

function oddOptions(random: Random): string[] {
  return random.chance(0.03) ? [random.pick(['UNKNOWN', '', 'include_reasons', 'constructor', 'toString'])] : [];
}

function generateUserId(random: Random): string {
  const kind = random.below(20);
  if (kind < 12) return `user${random.below(100_000)}`;
  if (kind < 16) return random.pick(LISTED_USERS);
  if (kind < 17) return random.pick(STRINGS);
  const units = Array.from({ length: random.below(12) }, () =>
    random.chance(0.5) ? random.below(0x250) : random.below(0x1_0000),
  );
  return String.fromCharCode(...units);
}

function generateAttributes(random: Random, names: Names): Record<string, unknown> {
  const entries: [string, unknown][] = random
    .some(ATTRIBUTE_KEYS, 0.45)
    .map((key) => [key, random.chance(0.05) ? null : generateValue(random, key)]);
  if (random.chance(0.15)) {
    entries.push([
      '$opt_bucketing_id',
      random.pick<unknown>([generateUserId(random), generateUserId(random), '', 7, null, true]),
    ]);
  }
  if (random.chance(0.12)) entries.push(['$opt_experiment_bucket_map', generateAssignments(random, names)]);
  if (random.chance(0.1)) entries.push(['$opt_user_agent', 'bot']);
  return Object.fromEntries(random.shuffle(entries));
}

function generateValue(random: Random, key: string): unknown {
  const kind = random.below(10);
  if (key === 'version' && kind < 8) return random.pick(VERSIONS);
  if (kind < 4) return random.pick(NUMBERS_OF_USERS);
  if (kind < 7) return random.pick(STRINGS);
  return kind < 8 ? random.chance(0.5) : random.pick(VERSIONS);
}

function generateForced(random: Random, names: Names): ForcedJson {
  const flagKey = random.chance(0.95) ? random.pick(names.flagKeys) : random.pick(UNKNOWN_KEYS);
  const variationKey = random.chance(0.8) ? random.pick(names.variationKeys) : random.pick(['unknown', '', 'off']);
  const kind = random.below(10);
  if (kind < 3) return { flagKey, variationKey };
  if (kind < 4) return { flagKey, ruleKey: null, variationKey };
  return {
    flagKey,
    ruleKey: random.chance(0.9) ? random.pick(names.ruleKeys) : random.pick(['', 'unknown']),
    variationKey,
  };
}

function generateProfile(random: Random, names: Names): StoredProfile {
  const kind = random.below(20);
  if (kind < 10) return null;
  if (kind < 11) return 'throws';
  return generateAssignments(random, names);
}

function generateAssignments(random: Random, names: Names): Record<string, { variation_id: string }> {
  const entries = random.some(names.ruleIds, 0.4).map((ruleId) => {
    const variationId = random.chance(0.85) ? random.pick(names.variationIds) : random.pick(['gone', '']);
    return [ruleId, { variation_id: variationId }] as const;
  });
  if (random.chance(0.3)) entries.push(['gone-experiment', { variation_id: random.pick(names.variationIds) }]);
  return Object.fromEntries(entries);
}

/** Mostly a variation of the rule; sometimes one of another rule or of none, and sometimes the service fails. */
function generatePredictions(random: Random, { bandits, variationIds }: Names): Script {
  const answers = bandits.flatMap(({ id, variations }): [string, string][] => {
    if (random.chance(0.06)) return [];
    const own = variations.map((variation) => variation.id);
    return [[id, random.pick(random.chance(0.85) ? own : variationIds)]];
  });
  return Object.fromEntries(answers);
}

function collectNames(datafile: Datafile): Names {
  const sections = [datafile.experiments, ...(datafile.rollouts ?? []).map(({ experiments }) => experiments)];
  const groups = (datafile.groups ?? []) as { experiments: RuleJson[] }[];
  const holdouts = [...((datafile.holdouts ?? []) as RuleJson[]), ...((datafile.localHoldouts ?? []) as RuleJson[])];
  const rules = [...sections.flat(), ...groups.flatMap(({ experiments }) => experiments)];
  const variations = [...rules, ...holdouts].flatMap((rule) => rule.variations);
  return {
    flagKeys: datafile.featureFlags.map(({ key }) => key),
    ruleKeys: [...rules, ...holdouts].map(({ key }) => key).concat('unknown-rule'),
    ruleIds: [...rules, ...holdouts].map(({ id }) => id),
    variationKeys: variations.map(({ key }) => key).concat('unknown-variation'),
    bandits: rules.filter((rule) => rule.cmab !== undefined),
    variationIds: variations.map(({ id }) => id).concat('unknown-variation-id'),
  };
}
