/** The payloads of notifications. */
import type { Experiment, FeatureVariableType, FeatureVariableValue, Holdout, Variation } from './datafile-entities.ts';
import type { DecisionSource } from './enums.ts';
import type { LogEvent } from './log-event.ts';
import type { EventTags, UserAttributes } from './user.ts';

interface UserPayload {
  userId: string;
  attributes?: UserAttributes;
}

/** An impression is recorded. */
export type ActivateNotificationPayload = UserPayload & {
  experiment: Experiment | null;
  holdout: Holdout | null;
  variation: Variation | null;
  logEvent: LogEvent;
};

/** A conversion is recorded. */
export type TrackNotificationPayload = UserPayload & {
  eventKey: string;
  eventTags?: EventTags;
  logEvent: LogEvent;
};

/** A request with events is sent. */
export type LogEventNotificationPayload = LogEvent;

/** A new datafile is in use. */
export type OptimizelyConfigUpdateNotificationPayload = undefined;

/** What chose a variation; empty unless an experiment did. */
export interface SourceInfo {
  experimentKey?: string;
  variationKey?: string;
}

interface ExperimentDecision {
  experimentKey: string;
  variationKey: string | null;
}

interface FeatureDecision {
  featureKey: string;
  featureEnabled: boolean;
  source: DecisionSource;
  sourceInfo: SourceInfo;
}

interface DecisionInfos {
  'ab-test': ExperimentDecision;
  'feature-test': ExperimentDecision;
  feature: FeatureDecision;
  'feature-variable': FeatureDecision & {
    variableKey: string;
    variableValue: FeatureVariableValue;
    variableType: FeatureVariableType;
  };
  'all-feature-variables': FeatureDecision & { variableValues: { [variableKey: string]: unknown } };
  flag: {
    flagKey: string;
    enabled: boolean;
    variationKey: string | null;
    ruleKey: string | null;
    variables: { [variableKey: string]: unknown };
    reasons: string[];
    decisionEventDispatched: boolean;
    experimentId: string | null;
    variationId: string | null;
  };
}

/** A decision was made. */
export type DecisionNotificationPayload = {
  [Type in keyof DecisionInfos]: UserPayload & { type: Type; decisionInfo: DecisionInfos[Type] };
}[keyof DecisionInfos];

/** Payloads by notification type. */
export type NotificationPayload = {
  ACTIVATE: ActivateNotificationPayload;
  DECISION: DecisionNotificationPayload;
  TRACK: TrackNotificationPayload;
  LOG_EVENT: LogEventNotificationPayload;
  OPTIMIZELY_CONFIG_UPDATE: OptimizelyConfigUpdateNotificationPayload;
};

/** The types of notifications. */
export type NotificationType = keyof NotificationPayload;

/** Listeners of a client. */
export interface NotificationCenter {
  /** Returns the listener's id, or -1 when there is no such type. */
  addNotificationListener<N extends NotificationType>(
    notificationType: N,
    callback: (payload: NotificationPayload[N]) => void,
  ): number;
  /** Returns whether there was one with this id. */
  removeNotificationListener(listenerId: number): boolean;
  clearAllNotificationListeners(): void;
  clearNotificationListeners(notificationType: NotificationType): void;
}

/** Of every notification about a user. */
export interface ListenerPayload {
  userId: string;
  attributes?: UserAttributes;
}

/** As older versions declared it. */
export interface ActivateListenerPayload {
  [key: string]: unknown;
}

/** As older versions declared it. */
export interface TrackListenerPayload {
  [key: string]: unknown;
}
