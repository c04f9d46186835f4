/** The client, its users and their decisions. */
import type { FeatureVariableValue } from './datafile-entities.ts';
import type { OptimizelyDecideOption, OptimizelySegmentOption } from './enums.ts';
import type { NotificationCenter } from './notifications.ts';
import type { OptimizelyConfig } from './project-view.ts';
import type { EventTags, UserAttributes } from './user.ts';

/** The target of a forced decision: a flag, or one of its rules. */
export interface OptimizelyDecisionContext {
  flagKey: string;
  ruleKey?: string;
}

/** A forced decision. */
export interface OptimizelyForcedDecision {
  variationKey: string;
}

/** The decision of a flag for a user. */
export interface OptimizelyDecision {
  variationKey: string | null;
  enabled: boolean;
  variables: { [variableKey: string]: unknown };
  ruleKey: string | null;
  flagKey: string;
  userContext: OptimizelyUserContext;
  reasons: string[];
}

/** The user of decisions. */
export interface OptimizelyUserContext {
  /** `null` until segments were fetched. */
  qualifiedSegments: string[] | null;
  getUserId(): string;
  getAttributes(): UserAttributes;
  setAttribute(key: string, value: unknown): void;
  decide(key: string, options?: OptimizelyDecideOption[]): OptimizelyDecision;
  decideAsync(key: string, options?: OptimizelyDecideOption[]): Promise<OptimizelyDecision>;
  decideForKeys(keys: string[], options?: OptimizelyDecideOption[]): { [key: string]: OptimizelyDecision };
  decideForKeysAsync(keys: string[], options?: OptimizelyDecideOption[]): Promise<Record<string, OptimizelyDecision>>;
  decideAll(options?: OptimizelyDecideOption[]): { [key: string]: OptimizelyDecision };
  decideAllAsync(options?: OptimizelyDecideOption[]): Promise<Record<string, OptimizelyDecision>>;
  trackEvent(eventName: string, eventTags?: EventTags): void;
  setForcedDecision(context: OptimizelyDecisionContext, decision: OptimizelyForcedDecision): boolean;
  getForcedDecision(context: OptimizelyDecisionContext): OptimizelyForcedDecision | null;
  removeForcedDecision(context: OptimizelyDecisionContext): boolean;
  removeAllForcedDecisions(): boolean;
  fetchQualifiedSegments(options?: OptimizelySegmentOption[]): Promise<boolean>;
  isQualifiedFor(segment: string): boolean;
}

/** Decides for users; created by `createInstance`. */
export interface Client {
  getVuid(): string | undefined;
  /** @throws Error `Invalid identifier` or `Invalid attributes` */
  createUserContext(userId?: string, attributes?: UserAttributes): OptimizelyUserContext;
  notificationCenter: NotificationCenter;
  activate(experimentKey: string, userId: string, attributes?: UserAttributes): string | null;
  track(eventKey: string, userId: string, attributes?: UserAttributes, eventTags?: EventTags): void;
  getVariation(experimentKey: string, userId: string, attributes?: UserAttributes): string | null;
  setForcedVariation(experimentKey: string, userId: string, variationKey: string | null): boolean;
  getForcedVariation(experimentKey: string, userId: string): string | null;
  isFeatureEnabled(featureKey: string, userId: string, attributes?: UserAttributes): boolean;
  getEnabledFeatures(userId: string, attributes?: UserAttributes): string[];
  getFeatureVariable(
    featureKey: string,
    variableKey: string,
    userId: string,
    attributes?: UserAttributes,
  ): FeatureVariableValue;
  getFeatureVariableBoolean(
    featureKey: string,
    variableKey: string,
    userId: string,
    attributes?: UserAttributes,
  ): boolean | null;
  getFeatureVariableDouble(
    featureKey: string,
    variableKey: string,
    userId: string,
    attributes?: UserAttributes,
  ): number | null;
  getFeatureVariableInteger(
    featureKey: string,
    variableKey: string,
    userId: string,
    attributes?: UserAttributes,
  ): number | null;
  getFeatureVariableString(
    featureKey: string,
    variableKey: string,
    userId: string,
    attributes?: UserAttributes,
  ): string | null;
  getFeatureVariableJSON(featureKey: string, variableKey: string, userId: string, attributes?: UserAttributes): unknown;
  getAllFeatureVariables(
    featureKey: string,
    userId: string,
    attributes?: UserAttributes,
  ): { [variableKey: string]: unknown } | null;
  getOptimizelyConfig(): OptimizelyConfig | null;
  /** Rejects when there is no datafile in time (30,000 ms by default), or the first one cannot be read. */
  onReady(options?: { timeout?: number }): Promise<unknown>;
  close(): Promise<unknown>;
  sendOdpEvent(action: string, type?: string, identifiers?: Map<string, string>, data?: Map<string, unknown>): void;
  isOdpIntegrated(): boolean;
}
