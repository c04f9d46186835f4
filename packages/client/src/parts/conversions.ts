/** Conversions: that a tracked event happened to a user. */
import type { ConversionEvent, EventTags, UserSnapshot } from '@sortition/core';
import { setOwn } from '@sortition/core/internal';
import type { ClientCore } from '../client-core.ts';
import { readFields } from '../read-input.ts';
import type { EventRecorder } from './event-recorder.ts';

/** What an application tracked. */
export interface TrackedEvent {
  readonly user: UserSnapshot;
  readonly eventKey: string;
  readonly tags: EventTags | undefined;
}

/** Records a conversion; an event the config does not know is a problem and dropped. Never throws. */
export function recordConversion(client: ClientCore, recorder: EventRecorder, tracked: TrackedEvent): void {
  const { host, listeners, state } = client;
  const { user, eventKey } = tracked;
  const { config } = state;
  if (config === null) {
    refuse(client, 'not-ready', '', 'a conversion was tracked before the client had a config. Await client.ready().');
    return;
  }
  const event = config.events.get(eventKey);
  if (event === undefined) {
    const shown = typeof eventKey === 'string' ? eventKey.slice(0, 200) : typeof eventKey;
    refuse(client, 'unknown-event', shown, `the datafile has no event with the key "${shown}".`);
    return;
  }
  const tags = tracked.tags ? readTags(tracked.tags) : undefined;
  if (tags === null) {
    refuse(client, 'invalid-event-tags', eventKey, `the tags of event "${eventKey}" are not an object.`);
    return;
  }
  const isAccepted = recorder.acceptsEvents();
  const isHeard = !state.isClosed && listeners.count('track');
  if (!isAccepted && !isHeard) return;
  const conversion: ConversionEvent = {
    type: 'conversion',
    uuid: recorder.newEventId(),
    timestamp: Date.now(),
    config,
    userId: user.userId,
    attributes: user.attributes,
    clientName: host.clientName,
    clientVersion: host.clientVersion,
    eventKey,
    eventId: event.id,
    tags,
  };
  if (isAccepted) recorder.record(conversion);
  if (!isHeard) return;
  const failure = 'The event sink could not show a request.';
  listeners.emit('track', {
    eventKey,
    userId: user.userId,
    attributes: { ...user.attributes },
    eventTags: tags && { ...tags },
    logEvent: recorder.callSink((sink) => sink.toLogEvent?.(conversion), failure) ?? null,
  });
}

/** Told once per subject, counted each time. */
function refuse({ problems }: ClientCore, code: string, subject: string, why: string): void {
  problems.reportFirst({ code, part: 'events', message: `An event was not tracked: ${why}` }, subject);
}

/** Copies tags, reading each once; empty ones and those that cannot be read are absent. `null`: not an object. */
function readTags(eventTags: unknown): EventTags | null {
  if (typeof eventTags !== 'object' || eventTags === null) return null;
  const tags: Record<string, unknown> = {};
  try {
    if (Array.isArray(eventTags)) return null;
    for (const key of Object.keys(eventTags)) {
      const value = readFields(eventTags as EventTags, key)[key];
      if (value !== undefined && value !== null) setOwn(tags, key, value);
    }
  } catch {
    return tags; // a proxy that cannot be looked into has none
  }
  return tags;
}
