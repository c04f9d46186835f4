/**
 * Events of a client: listeners run in the order they came, isolated from each other and from decisions.
 */
import type { Attributes, EventTags, LogEvent, Problem, Reason } from '@sortition/core';
import { callPart } from './call-part.ts';

/** A decision was made. */
export interface DecisionEvent<R = string> {
  readonly type: 'flag';
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
  /** The request the conversion would be alone; `null` when the sink makes none. */
  readonly logEvent: LogEvent | null;
}

/** A new config is in use. */
export interface ConfigUpdateEvent {
  readonly revision: string;
  /** `null` for the first config. */
  readonly previousRevision: string | null;
}

/** Event name to payload. `R` is what reasons are. */
export interface ClientEvents<R = string> {
  decision: DecisionEvent<R>;
  track: TrackEvent;
  'log-event': LogEvent;
  'config-update': ConfigUpdateEvent;
  problem: Problem;
}

/** Listens to one kind of event. */
export type ClientListener<E extends keyof ClientEvents, R = string> = (payload: ClientEvents<R>[E]) => void;

/** Keeps the listeners of one client. */
export interface ListenerRegistry {
  on<E extends keyof ClientEvents>(event: E, listener: ClientListener<E, Reason | string>): () => void;
  /** Answers whether there was a listener. */
  emit<E extends keyof ClientEvents>(event: E, payload: ClientEvents<Reason | string>[E]): boolean;
  /** Lets the caller skip building a payload that no listener gets. */
  has(event: keyof ClientEvents): boolean;
  clear(): void;
}

/** @param onFailure Told what a listener threw or rejected with. */
export function createListenerRegistry(
  onFailure: (event: keyof ClientEvents, cause: unknown) => void,
): ListenerRegistry {
  const listeners = new Map<keyof ClientEvents, Set<{ call: (payload: never) => unknown }>>();
  return {
    on(event, listener) {
      // Wrapped, so that registering one function twice makes two listeners, each with its own way out.
      const entry = { call: listener as (payload: never) => unknown };
      const known = listeners.get(event);
      if (known) known.add(entry);
      else listeners.set(event, new Set([entry]));
      return () => void listeners.get(event)?.delete(entry);
    },
    emit(event, payload) {
      const heard = [...(listeners.get(event) ?? [])];
      for (const { call } of heard) {
        callPart(
          () => call(payload as never),
          (cause) => onFailure(event, cause),
        );
      }
      return heard.length > 0;
    },
    has: (event) => listeners.size > 0 && (listeners.get(event)?.size ?? 0) > 0,
    clear: () => listeners.clear(),
  };
}
