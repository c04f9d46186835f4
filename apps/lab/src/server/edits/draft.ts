/** A datafile while it is changed: the parts that are edited, in the datafile's own spelling, and how they are found. */
import type { ShopDatafile } from '@sortition/emulator/shop-datafile';
import { EditError } from './edit-error.ts';

export interface DraftVariable {
  readonly id: string;
  key: string;
  type: string;
  subType?: string;
  defaultValue: string;
}

export interface DraftVariation {
  readonly id: string;
  key: string;
  featureEnabled: boolean;
  variables: { id: string; value: string }[];
}

export interface DraftRule {
  readonly id: string;
  key: string;
  status: string;
  layerId: string;
  audienceIds: string[];
  audienceConditions?: unknown;
  forcedVariations: Record<string, string>;
  variations: DraftVariation[];
  trafficAllocation: readonly { readonly entityId: string; readonly endOfRange: number }[];
  cmab?: object;
}

export interface DraftFlag {
  readonly id: string;
  key: string;
  experimentIds: string[];
  rolloutId: string;
  variables: DraftVariable[];
}

interface KeyedEntity {
  readonly id: string;
  key: string;
}

export interface Draft {
  featureFlags: DraftFlag[];
  experiments: DraftRule[];
  groups: { id: string; trafficAllocation: { entityId: string; endOfRange: number }[]; experiments: DraftRule[] }[];
  rollouts: { id: string; experiments: DraftRule[] }[];
  holdouts: DraftRule[];
  audiences: { readonly id: string; name: string; conditions: unknown }[];
  typedAudiences: { readonly id: string; name: string; conditions: unknown }[];
  attributes: KeyedEntity[];
  events: (KeyedEntity & { experimentIds: string[] })[];
}

/** The copy that is edited; lists that an imported datafile does not have are made. */
export function openDraft(document: ShopDatafile): Draft {
  const draft = document as unknown as Record<string, unknown>;
  for (const name of [
    'featureFlags',
    'experiments',
    'groups',
    'rollouts',
    'holdouts',
    'audiences',
    'typedAudiences',
    'attributes',
    'events',
  ]) {
    draft[name] ??= [];
  }
  return draft as unknown as Draft;
}

/** Every rule with the list it stands in, wherever the document keeps it. */
export function listRules(
  draft: Draft,
): readonly { readonly rule: DraftRule; readonly list: DraftRule[]; readonly kind: RuleKind }[] {
  const of = (list: DraftRule[], kind: RuleKind) => list.map((rule) => ({ rule, list, kind }));
  return [
    ...of(draft.experiments, 'experiment'),
    ...draft.groups.flatMap(({ experiments }) => of(experiments, 'experiment')),
    ...draft.rollouts.flatMap(({ experiments }) => of(experiments, 'delivery')),
    ...of(draft.holdouts, 'holdout'),
  ];
}

export type RuleKind = 'experiment' | 'delivery' | 'holdout';

export function findFlag(draft: Draft, flagKey: string): DraftFlag {
  const flag = draft.featureFlags.find(({ key }) => key === flagKey);
  if (flag === undefined) throw new EditError(404, 'there is no flag of this key');
  return flag;
}

export function findRule(draft: Draft, ruleId: string) {
  const found = listRules(draft).find(({ rule }) => rule.id === ruleId);
  if (found === undefined) throw new EditError(404, 'there is no rule of this id');
  return found;
}

/** The flag a rule belongs to; `undefined` for holdouts of every flag and for what belongs to none. */
export function flagOfRule(draft: Draft, ruleId: string): DraftFlag | undefined {
  const rollout = draft.rollouts.find(({ experiments }) => experiments.some(({ id }) => id === ruleId));
  return draft.featureFlags.find(
    ({ experimentIds, rolloutId }) =>
      experimentIds.includes(ruleId) || (rollout !== undefined && rolloutId === rollout.id),
  );
}

/** Makes ids that no entity of the document has, as the hosted service does: numbers as texts. */
export function createIds(draft: Draft): () => string {
  let last = 0;
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) visit(item);
    else if (typeof value === 'object' && value !== null) {
      for (const [name, item] of Object.entries(value)) {
        if ((name === 'id' || name === 'layerId') && typeof item === 'string' && /^\d{1,15}$/.test(item))
          last = Math.max(last, Number(item));
        else visit(item);
      }
    }
  };
  visit(draft);
  return () => {
    last += 1;
    return String(last);
  };
}
