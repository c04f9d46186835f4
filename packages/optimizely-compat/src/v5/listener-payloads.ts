/** The payloads of notifications in version 5, with the names of its type declarations. */
import type { Experiment, FeatureVariableValue, Variation } from '../contract/datafile-entities.ts';
import type { VariableType } from '../contract/enums.ts';
import type { LogEvent } from '../contract/log-event.ts';
import type { ListenerPayload } from '../contract/notifications.ts';
import type { EventTags } from '../contract/user.ts';
import type { NOTIFICATION_TYPES } from './enums.ts';

type Types = typeof NOTIFICATION_TYPES;

/** A request with events. */
export interface Event {
  url: string;
  httpVerb: 'POST';
  params: LogEvent['params'];
}

/** An impression. */
export interface ActivateListenerPayload extends ListenerPayload {
  experiment: Experiment;
  variation: Variation;
  logEvent: Event;
}

/** A conversion. */
export interface TrackListenerPayload extends ListenerPayload {
  eventKey: string;
  eventTags: EventTags;
  logEvent: Event;
}

/** A request that goes out. */
export type LogEventListenerPayload = Event;

/** What kind of rule decided. */
export type DecisionSource = 'feature-test' | 'rollout' | 'experiment';

/** The experiment that decided, where one did. */
export type DecisionSourceInfo = { experimentKey?: string; variationKey?: string };

/** Values of variables by key. */
export type VariablesMap = { [variableKey: string]: unknown };

/** An experiment without a flag. */
export type AbTestDecisionInfo = { experimentKey: string; variationKey: string | null };

/** An experiment of a flag. */
export type FeatureTestDecisionInfo = AbTestDecisionInfo;

/** Whether a flag is on. */
export type FeatureDecisionInfo = {
  featureKey: string;
  featureEnabled: boolean;
  source: DecisionSource;
  sourceInfo: DecisionSourceInfo;
};

/** The value of one variable. */
export type FeatureVariableDecisionInfo = FeatureDecisionInfo & {
  variableKey: string;
  variableValue: FeatureVariableValue;
  variableType: VariableType;
};

/** The values of all variables. */
export type AllFeatureVariablesDecisionInfo = FeatureDecisionInfo & { variableValues: VariablesMap };

/** A decision of the decide family. */
export type FlagDecisionInfo = {
  flagKey: string;
  enabled: boolean;
  variationKey: string | null;
  ruleKey: string | null;
  variables: VariablesMap;
  reasons: string[];
  decisionEventDispatched: boolean;
  experimentId?: string;
  variationId?: string;
};

/** What was decided, by the kind of decision. */
export type DecisionInfoMap = {
  'ab-test': AbTestDecisionInfo;
  feature: FeatureDecisionInfo;
  'feature-test': FeatureTestDecisionInfo;
  'feature-variable': FeatureVariableDecisionInfo;
  'all-feature-variables': AllFeatureVariablesDecisionInfo;
  flag: FlagDecisionInfo;
};

/** A kind of decision. */
export type DecisionNotificationType = keyof DecisionInfoMap;

/** A decision of one kind. */
export type DecisionListenerPayloadForType<T extends DecisionNotificationType> = ListenerPayload & {
  type: T;
  decisionInfo: DecisionInfoMap[T];
};

/** A decision. */
export type DecisionListenerPayload = {
  [T in DecisionNotificationType]: DecisionListenerPayloadForType<T>;
}[DecisionNotificationType];

/** Payloads by the text of the notification type. */
export type NotificationPayloadMap = Record<Types['ACTIVATE'], ActivateListenerPayload> &
  Record<Types['DECISION'], DecisionListenerPayload> &
  Record<Types['TRACK'], TrackListenerPayload> &
  Record<Types['LOG_EVENT'], LogEventListenerPayload> &
  Record<Types['OPTIMIZELY_CONFIG_UPDATE'], undefined>;
