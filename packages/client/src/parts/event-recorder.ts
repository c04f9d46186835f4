/** Turns decisions and conversions into events and passes them to the event sink, which is foreign code. */
import type { DecisionOutcome, EventSink, ProjectConfig, UserSnapshot } from '@sortition/core';
import { callPart } from '@sortition/core/internal';
import { randomUuid } from '@sortition/http';
import type { ClientCore } from '../client-core.ts';
import type { Recorder } from '../part.ts';
import { readConversion } from './conversions.ts';
import { takeHeldImpression } from './held-impressions.ts';

/** The recorder of a client, with access to its sink. */
export interface EventRecorder extends Recorder {
  /** Calls the sink; returns `undefined` when there is no sink or it fails. The first failure is reported. */
  callSink<T>(call: (sink: EventSink) => T, message: string): T | undefined;
}

/**
 * Creates the recorder of one client. Its methods do not throw.
 *
 * @param sink `null` when there is no sink.
 */
export function createEventRecorder(client: ClientCore, sink: EventSink | null): EventRecorder {
  const { host, listeners, problems, state } = client;
  const callSink: EventRecorder['callSink'] = (call, message) =>
    sink
      ? callPart(
          () => call(sink),
          (cause) => problems.reportFirst({ code: 'event-sink-failed', part: 'events', message, cause }),
        )
      : undefined;

  /** Returns whether an event can be recorded. Called once per event, because after close each `false` is counted. */
  const acceptsEvents = (): boolean => {
    if (client.mayRecord()) return Boolean(sink);
    const message = 'An impression or conversion came after the client was closed and was ignored.';
    problems.reportFirst({ code: 'event-after-close', part: 'events', message });
    return false;
  };

  /** Returns a new id, from the sink if that makes its own. */
  const newEventId = (): string => {
    const failure = 'The event sink could not make an id; a random UUID is used.';
    const id = callSink((own) => own.randomId?.(), failure);
    return typeof id === 'string' && id !== '' ? id : randomUuid();
  };

  const now = (): number => Date.now();

  const record = (event: Parameters<EventSink['record']>[0]): void =>
    void callSink((own) => own.record(event), 'The event sink failed; the event is lost.');

  // Common fields are written one by one: an object literal that begins with a spread is many times slower to create.
  const impression = (config: ProjectConfig, user: UserSnapshot, outcome: DecisionOutcome, uuid?: string): void => {
    if (!acceptsEvents()) return;
    const { rule, variation } = outcome;
    record({
      uuid: uuid ?? newEventId(),
      timestamp: now(),
      config,
      userId: user.userId,
      attributes: user.attributes,
      clientName: host.clientName,
      clientVersion: host.clientVersion,
      type: 'impression',
      flagKey: outcome.flagKey,
      ruleKey: rule?.key ?? '',
      ruleType: outcome.source,
      variationKey: variation?.key ?? '',
      enabled: outcome.enabled,
      experimentId: rule?.id ?? null,
      variationId: variation?.id ?? null,
      layerId: rule === null ? null : (rule.layerId ?? ''),
      cmabUuid: outcome.cmabUuid,
    });
  };

  return {
    callSink,
    impression,
    heldImpression(decision) {
      const held = takeHeldImpression(problems, decision);
      if (held) impression(held.config, held.user, held.outcome);
    },
    conversion(user, eventKey, eventTags) {
      const known = readConversion(client, eventKey, eventTags);
      if (known === undefined) return;
      const isAccepted = acceptsEvents();
      const isHeard = !state.isClosed && listeners.count('track');
      if (!isAccepted && !isHeard) return;
      const { config, eventId, tags } = known;
      const conversion = {
        uuid: newEventId(),
        timestamp: now(),
        config,
        userId: user.userId,
        attributes: user.attributes,
        clientName: host.clientName,
        clientVersion: host.clientVersion,
        type: 'conversion' as const,
        eventKey,
        eventId,
        tags,
      };
      if (isAccepted) record(conversion);
      if (!isHeard) return;
      const failure = 'The event sink could not show a request.';
      listeners.emit('track', {
        eventKey,
        userId: user.userId,
        attributes: { ...user.attributes },
        eventTags: tags && { ...tags },
        logEvent: callSink((own) => own.toLogEvent?.(conversion), failure) ?? null,
      });
    },
  };
}
