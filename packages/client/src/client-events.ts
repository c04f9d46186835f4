/** Events of a client. */
import type { Attributes, EventTags, LogEvent, Problem } from '@sortition/core';

/** A decision was made. */
export interface DecisionEvent<R = string> {
  /** `'experiment'`: decided by the key of an experiment, which is then the `ruleKey`. */
  readonly type: 'flag' | 'experiment';
  readonly userId: string;
  readonly attributes: Readonly<Attributes>;
  readonly decisionInfo: {
    readonly flagKey: string;
    readonly enabled: boolean;
    readonly variationKey: string | null;
    readonly ruleKey: string | null;
    readonly variables: Readonly<Record<string, unknown>>;
    readonly reasons: readonly R[];
    /** Whether an impression is due for this decision. */
    readonly decisionEventDispatched: boolean;
    readonly experimentId: string | null;
    readonly variationId: string | null;
  };
}

/** A conversion was tracked. */
export interface TrackEvent {
  readonly eventKey: string;
  readonly userId: string;
  readonly attributes: Readonly<Attributes>;
  readonly eventTags: EventTags | undefined;
  /** The request that this conversion alone would make; `null` when the sink does not make requests. */
  readonly logEvent: LogEvent | null;
}

/** A new config is in use. */
export interface ConfigUpdateEvent {
  readonly revision: string;
  /** `null` for the first config. */
  readonly previousRevision: string | null;
}

/** Event name to payload. `R` is the type of reasons. */
export interface ClientEvents<R = string> {
  decision: DecisionEvent<R>;
  track: TrackEvent;
  'log-event': LogEvent;
  'config-update': ConfigUpdateEvent;
  problem: Problem;
}

/** Listens to one kind of event. */
export type ClientListener<E extends keyof ClientEvents, R = string> = (payload: ClientEvents<R>[E]) => void;
