/** The previous datafile, from which ids and traffic ranges are taken over, so that a new build moves no users. */
import { SdkError } from '@sortition/core/errors';
import type { TrafficRange } from './allocate.ts';

/** JSON of a datafile. */
export type Json = Readonly<Record<string, unknown>>;

/** The data that a build takes over from the previous datafile. */
export interface PreviousDatafile {
  readonly revision: number;
  /** Id by kind and key, such as `flag` and `checkout`, or `variable` and `checkout.steps`. */
  id(kind: string, key: string): string | undefined;
  /** Every id in use, so that new ones are different. */
  readonly ids: ReadonlySet<string>;
  /** Traffic ranges of a rule, holdout or group by its key; `undefined` when there was none. */
  ranges(kind: 'rule' | 'holdout' | 'group', key: string): readonly TrafficRange[] | undefined;
  /** Keys of the rules that served users. */
  readonly ruleKeys: readonly string[];
  /** Fields of the document that a build does not define, such as account and project. */
  readonly fields: Json;
}

/** Reads a datafile. @throws SdkError `invalid-option` when it is not one */
export function readPrevious(previous: string | object | undefined): PreviousDatafile {
  const document = previous === undefined ? {} : parse(previous);
  const ids = new Map<string, string>();
  const used = new Set<string>();
  const ranges = new Map<string, readonly TrafficRange[]>();
  const ruleKeys: string[] = [];
  const add = (kind: string, key: unknown, id: unknown): void => {
    // A flag without deliveries has the rollout id ''.
    if (typeof key !== 'string' || typeof id !== 'string' || id === '') return;
    if (!ids.has(`${kind} ${key}`)) ids.set(`${kind} ${key}`, id);
    used.add(id);
  };
  const addRanges = (kind: string, entity: Json): void => {
    const { key, id, trafficAllocation } = entity;
    if (Array.isArray(trafficAllocation))
      ranges.set(`${kind} ${String(key ?? id)}`, trafficAllocation as TrafficRange[]);
  };
  for (const flag of list(document.featureFlags)) {
    add('flag', flag.key, flag.id);
    add('rollout', flag.key, flag.rolloutId);
    for (const variable of list(flag.variables)) add('variable', `${flag.key}.${variable.key}`, variable.id);
    const rollout = list(document.rollouts).find(({ id }) => id === flag.rolloutId);
    const experiments = allExperiments(document).filter(({ id }) => entriesOf(flag.experimentIds).includes(id));
    for (const rule of [...experiments, ...list(rollout?.experiments)]) {
      add('rule', rule.key, rule.id);
      add('layer', rule.key, rule.layerId);
      addRanges('rule', rule);
      if (typeof rule.key === 'string') ruleKeys.push(rule.key);
      for (const variation of list(rule.variations)) {
        add('variation', `${flag.key}.${variation.key}`, variation.id);
        add('rule-variation', `${rule.key}.${variation.key}`, variation.id);
      }
    }
  }
  for (const holdout of [...list(document.holdouts), ...list(document.localHoldouts)]) {
    add('holdout', holdout.key, holdout.id);
    addRanges('holdout', holdout);
    for (const variation of list(holdout.variations)) add('holdout-variation', holdout.key, variation.id);
  }
  for (const group of list(document.groups)) {
    add('group', group.key ?? group.id, group.id);
    addRanges('group', group);
  }
  for (const entry of [...list(document.typedAudiences), ...list(document.audiences)])
    add('audience', entry.name, entry.id);
  for (const entry of list(document.attributes)) add('attribute', entry.key, entry.id);
  for (const entry of list(document.events)) add('event', entry.key, entry.id);
  return {
    revision: Number(document.revision) || 0,
    id: (kind, key) => ids.get(`${kind} ${key}`),
    ids: used,
    ranges: (kind, key) => ranges.get(`${kind} ${key}`),
    ruleKeys,
    fields: document,
  };
}

function allExperiments(document: Json): Json[] {
  return [...list(document.experiments), ...list(document.groups).flatMap((group) => list(group.experiments))];
}

function list(value: unknown): Json[] {
  return entriesOf(value).filter((entry): entry is Json => typeof entry === 'object' && entry !== null);
}

function entriesOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function parse(previous: string | object): Json {
  try {
    const document: unknown = typeof previous === 'string' ? JSON.parse(previous) : previous;
    if (typeof document === 'object' && document !== null && 'featureFlags' in document) return document as Json;
  } catch (cause) {
    throw new SdkError('invalid-option', 'The previous datafile is not valid JSON.', { cause });
  }
  throw new SdkError(
    'invalid-option',
    'The previous datafile is not a datafile; expected an object with "featureFlags".',
  );
}
