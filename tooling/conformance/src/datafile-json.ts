/** The parts of a datafile the generators build and look into, as plain JSON. */

/** A datafile as plain JSON. */
export type Datafile = Record<string, unknown> & {
  featureFlags: FlagJson[];
  experiments: RuleJson[];
  rollouts: { id: string; experiments: RuleJson[] }[];
};

export interface FlagJson {
  id: string;
  key: string;
  rolloutId: string;
  experimentIds: string[];
  variables: VariableJson[];
}

export interface VariableJson {
  id: string;
  key: string;
  type: string;
  subType?: string;
  defaultValue: string;
}

export interface VariationJson {
  id: string;
  key: string;
  featureEnabled?: boolean;
  variables?: { id: string; value: string }[];
}

export interface RuleJson {
  id: string;
  key: string;
  variations: VariationJson[];
  [field: string]: unknown;
}
