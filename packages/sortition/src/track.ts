/** Conversions: that a tracked event happened to a user. */
import { type ConversionEvent, type EventTags, setOwn, type UserSnapshot } from '@sortition/core';
import type { Runtime } from './runtime.ts';

/** Records a conversion; an event the config does not know is a problem and dropped. Never throws. */
export function trackConversion(
  runtime: Runtime,
  user: UserSnapshot,
  eventKey: string,
  eventTags: EventTags | undefined,
): void {
  const { events, listeners } = runtime;
  const config = runtime.currentConfig();
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
  const isAccepted = events.accepts();
  const isHeard = listeners.has('track');
  if (!isAccepted && !isHeard) return;
  const conversion: ConversionEvent = {
    type: 'conversion',
    uuid: events.newId(),
    timestamp: Date.now(),
    config,
    userId: user.userId,
    attributes: user.attributes,
    clientName: runtime.clientName,
    clientVersion: runtime.clientVersion,
    eventKey,
    eventId: event.id,
    tags,
  };
  if (isAccepted) events.record(conversion);
  if (!isHeard) return;
  listeners.emit('track', {
    eventKey,
    userId: user.userId,
    attributes: { ...user.attributes },
    eventTags: tags && { ...tags },
    logEvent: events.toLogEvent(conversion),
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
    for (const key of Object.keys(eventTags)) copyTag(eventTags, key, tags);
  } catch {
    return tags; // a proxy that cannot be looked into has none
  }
  return tags;
}

function copyTag(from: object, key: string, to: object): void {
  try {
    const value: unknown = Reflect.get(from, key);
    if (value !== undefined && value !== null) setOwn(to, key, value);
  } catch {
    return; // a getter that throws counts as absent
  }
}
