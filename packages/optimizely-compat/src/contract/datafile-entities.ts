/** Entities of the datafile as listeners of `ACTIVATE` get them. */
import type { VariableType } from './enums.ts';
import type { OptimizelyVariablesMap } from './project-view.ts';

/** A variation's own value of a variable. */
export interface VariationVariable {
  id: string;
  value: string;
}

/** A variation of the datafile. */
export interface Variation {
  id: string;
  key: string;
  featureEnabled?: boolean;
  variablesMap: OptimizelyVariablesMap;
  variables?: VariationVariable[];
}

/** A range of traffic; ends are cumulative, in buckets from 0 to 10,000. */
export interface TrafficAllocation {
  entityId: string;
  endOfRange: number;
}

/** The common properties of experiments and holdouts. */
export interface ExperimentCore {
  id: string;
  key: string;
  variations: Variation[];
  variationKeyMap: { [key: string]: Variation };
  audienceConditions: Array<string | string[]>;
  audienceIds: string[];
  trafficAllocation: TrafficAllocation[];
}

/** An experiment or a delivery of the datafile. */
export interface Experiment extends ExperimentCore {
  layerId: string;
  groupId?: string;
  status: string;
  forcedVariations?: { [key: string]: string };
  isRollout?: boolean;
  type?: string;
  cmab?: { trafficAllocation: number; attributeIds: string[] };
}

/** The status of a holdout. */
export type HoldoutStatus = 'Draft' | 'Running' | 'Concluded' | 'Archived';

/** A holdout of the datafile. */
export interface Holdout extends ExperimentCore {
  status: HoldoutStatus;
  includedFlags: string[];
  excludedFlags: string[];
  includedRules?: string[] | null;
  isGlobal: boolean;
  excludeTargetedDeliveries?: boolean;
}

/** A value of a variable, by its type. */
export type FeatureVariableValue = number | string | boolean | object | null;

/** Type of a variable, as notifications name it. */
export type FeatureVariableType = VariableType;
