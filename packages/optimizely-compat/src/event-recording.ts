/** Sends impressions and conversions to the event processor, and notifies listeners of them. */
import type { ClientCore, Recorder } from '@sortition/client';
import { recordTo } from '@sortition/client';
import type { DecisionOutcome, EventSink, ProjectConfig, EventTags as SentTags, UserSnapshot } from '@sortition/core';
import { tryPart } from '@sortition/core/internal';
import type { LogEvent } from './contract/log-event.ts';
import type { EventTags, UserAttributes } from './contract/user.ts';
import type { DatafileView } from './datafile-view.ts';
import type { Notifications } from './notification-center.ts';
import type { Reporter } from './reporter.ts';

/** A user with the attributes as the application gave them. */
export interface RecordedUser {
  readonly snapshot: UserSnapshot;
  readonly attributes: UserAttributes | undefined;
}

/** Records events. Nothing here throws. */
export interface EventRecording {
  impression(config: ProjectConfig, user: RecordedUser, outcome: DecisionOutcome): void;
  conversion(user: RecordedUser, eventKey: string, eventTags: EventTags | undefined): void;
}

/** Where events go, and which listeners are notified. */
export interface RecordingParts {
  readonly core: ClientCore;
  /** `undefined`: the client has no event processor, so its events are discarded. */
  readonly recorder: Recorder | undefined;
  /** The request that contains only the last event. */
  lastLogEvent(): LogEvent | undefined;
  readonly view: DatafileView;
  readonly notifications: Notifications;
  readonly reporter: Reporter;
}

/** Creates the recording of one client. */
export function createEventRecording({
  core,
  recorder,
  lastLogEvent,
  view,
  notifications,
  reporter,
}: RecordingParts): EventRecording {
  /** Whether there is an event processor; without one each event is an error in the log. */
  const hasProcessor = (): boolean => {
    if (!recorder) reporter.error('No event processor is provided');
    return recorder !== undefined;
  };
  return {
    impression(config, { snapshot, attributes }, outcome) {
      if (!hasProcessor()) return;
      recorder?.impression(config, snapshot, outcome);
      if (!notifications.has('ACTIVATE')) return;
      const { rule, variation, source } = outcome;
      const entity = rule && (source === 'holdout' ? view.holdout(rule.id) : view.experiment(rule.id));
      // The official SDK distinguishes the two by this property.
      const isExperiment = entity !== null && 'layerId' in entity;
      notifications.send('ACTIVATE', {
        experiment: isExperiment ? entity : null,
        holdout: isExperiment ? null : entity,
        userId: snapshot.userId,
        attributes,
        variation: variation === null ? null : view.variation(rule?.id, variation),
        logEvent: lastLogEvent(),
      } as never);
    },
    conversion({ snapshot, attributes }, eventKey, eventTags) {
      if (!core.state.config?.events.has(eventKey)) {
        reporter.warn(`Event key ${eventKey} is not in datafile.`);
        reporter.warn(`Not tracking user ${snapshot.userId}.`);
        return;
      }
      const tags = eventTags && withoutEmpty(eventTags);
      recorder?.conversion(snapshot, eventKey, tags as SentTags | undefined);
      reporter.info(`Tracking event ${eventKey} for user ${snapshot.userId}.`);
      if (!notifications.has('TRACK')) return;
      const payload = { eventKey, userId: snapshot.userId, attributes, eventTags: tags, logEvent: lastLogEvent() };
      notifications.send('TRACK', payload as never);
    },
  };
}

/** A sink that remembers the request of its last event, for listeners, and the recorder in front of it. */
export function recordWithMemory(sink: EventSink): {
  readonly part: ReturnType<typeof recordTo>;
  lastLogEvent(): LogEvent | undefined;
} {
  let last: Parameters<EventSink['record']>[0] | undefined;
  const remembering: EventSink = {
    ...sink,
    record(event) {
      last = event;
      sink.record(event);
    },
  };
  return {
    part: recordTo(remembering),
    lastLogEvent: () => last && toPlainLogEvent(tryPart(() => sink.toLogEvent?.(last as never))),
  };
}

/** Requests as listeners and dispatchers get them: plain fields, no getters. */
export function toPlainLogEvent(
  log: { url: string; httpVerb: 'POST'; params: object } | undefined,
): LogEvent | undefined {
  return log && { url: log.url, httpVerb: log.httpVerb, params: log.params as LogEvent['params'] };
}

/** Returns the tags without empty values; the caller's object is not changed. */
function withoutEmpty(tags: EventTags): EventTags {
  return Object.fromEntries(Object.entries(tags).filter(([, value]) => value !== null && value !== undefined));
}
