/** The project behind the flags, as `getOptimizelyConfig` shows it. */

/** A variable and its value as text. */
export interface OptimizelyVariable {
  id: string;
  key: string;
  type: string;
  value: string;
}

/** Variables by key. */
export type OptimizelyVariablesMap = { [variableKey: string]: OptimizelyVariable };

/** A variation with the variables it serves. */
export interface OptimizelyVariation {
  id: string;
  key: string;
  featureEnabled?: boolean;
  variablesMap: OptimizelyVariablesMap;
}

/** An experiment or a delivery. */
export interface OptimizelyExperiment {
  id: string;
  key: string;
  /** The audience conditions with names; `''` for everyone. */
  audiences: string;
  variationsMap: { [variationKey: string]: OptimizelyVariation };
}

/** Experiments by key. */
export type OptimizelyExperimentsMap = { [experimentKey: string]: OptimizelyExperiment };

/** A flag; its variables carry their defaults. */
export interface OptimizelyFeature {
  id: string;
  key: string;
  experimentRules: OptimizelyExperiment[];
  deliveryRules: OptimizelyExperiment[];
  variablesMap: OptimizelyVariablesMap;
  /** @deprecated Use `experimentRules` and `deliveryRules`. */
  experimentsMap: OptimizelyExperimentsMap;
}

/** Flags by key. */
export type OptimizelyFeaturesMap = { [featureKey: string]: OptimizelyFeature };

/** An attribute that the project knows. */
export type OptimizelyAttribute = { id: string; key: string };

/** An audience with its conditions as JSON. */
export type OptimizelyAudience = { id: string; name: string; conditions: string };

/** A conversion event that the project knows. */
export type OptimizelyEvent = { id: string; key: string; experimentIds: string[] };

/** The content of a project. */
export interface OptimizelyConfig {
  environmentKey: string;
  sdkKey: string;
  revision: string;
  /** Of several experiments with one key the last. */
  experimentsMap: OptimizelyExperimentsMap;
  featuresMap: OptimizelyFeaturesMap;
  attributes: OptimizelyAttribute[];
  audiences: OptimizelyAudience[];
  events: OptimizelyEvent[];
  /** The datafile as it was received. */
  getDatafile(): string;
}
