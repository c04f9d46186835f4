/** Conversions: that a tracked event happened to a user. */
import { type ConversionEvent, type EventTags, setOwn, type UserSnapshot } from '@sortition/core';
import { acceptsEvents, callSink, newEventId, recordEvent } from './event-recorder.ts';
import { readFields } from './read-input.ts';
import type { Runtime } from './runtime.ts';

/** Records a conversion; an event the config does not know is a problem and dropped. Never throws. */
export function trackConversion(
  runtime: Runtime,
  user: UserSnapshot,
  eventKey: string,
  eventTags: EventTags | undefined,
): void {
  const { config, listeners } = runtime;
  if (config === null) {
    refuse(runtime, 'not-ready', '', 'a conversion was tracked before the client had a config. Await client.ready().');
    return;
  }
  const event = config.events.get(eventKey);
  if (event === undefined) {
    const shown = typeof eventKey === 'string' ? eventKey.slice(0, 200) : typeof eventKey;
    refuse(runtime, 'unknown-event', shown, `the datafile has no event with the key "${shown}".`);
    return;
  }
  const tags = eventTags ? readTags(eventTags) : undefined;
  if (tags === null) {
    refuse(runtime, 'invalid-event-tags', eventKey, `the tags of event "${eventKey}" are no object.`);
    return;
  }
  const isAccepted = acceptsEvents(runtime);
  const isHeard = !runtime.isClosed && listeners.has('track');
  if (!isAccepted && !isHeard) return;
  const conversion: ConversionEvent = {
    type: 'conversion',
    uuid: newEventId(runtime),
    timestamp: Date.now(),
    config,
    userId: user.userId,
    attributes: user.attributes,
    clientName: runtime.host.clientName,
    clientVersion: runtime.host.clientVersion,
    eventKey,
    eventId: event.id,
    tags,
  };
  if (isAccepted) recordEvent(runtime, conversion);
  if (!isHeard) return;
  listeners.emit('track', {
    eventKey,
    userId: user.userId,
    attributes: { ...user.attributes },
    eventTags: tags && { ...tags },
    logEvent:
      callSink(runtime, (sink) => sink.toLogEvent?.(conversion), 'The event sink could not show a request.') ?? null,
  });
}

/** Told once per subject, counted each time. */
function refuse(runtime: Runtime, code: string, subject: string, why: string): void {
  runtime.problems.reportFirst({ code, part: 'events', message: `An event was not tracked: ${why}` }, subject);
}

/** Copies tags, reading each once; empty ones and those that cannot be read are absent. `null`: these are no tags. */
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
