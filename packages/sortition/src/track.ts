/** Conversions: that a tracked event happened to a user. */
import type { EventTags, UserSnapshot } from '@sortition/core';
import type { Runtime } from './runtime.ts';

/** Records a conversion; an event the config does not know is a problem and dropped. Never throws. */
export function trackConversion(
  runtime: Runtime,
  user: UserSnapshot,
  eventKey: string,
  eventTags: EventTags | undefined,
): void {
  if (!runtime.mayRecord()) return;
  const config = runtime.currentConfig();
  const event = config?.events.get(eventKey);
  if (config === null || event === undefined) {
    runtime.problems.report({
      code: config === null ? 'not-ready' : 'unknown-event',
      part: 'events',
      message:
        config === null
          ? `The event "${String(eventKey)}" was not tracked: the client has no config yet. Await client.ready() first.`
          : `The event "${String(eventKey)}" was not tracked: the datafile has no event with this key.`,
    });
    return;
  }
  const tags =
    typeof eventTags === 'object' && eventTags !== null && !Array.isArray(eventTags) ? { ...eventTags } : undefined;
  runtime.record({
    type: 'conversion',
    timestamp: Date.now(),
    config,
    userId: user.userId,
    attributes: user.attributes,
    clientName: runtime.clientName,
    clientVersion: runtime.clientVersion,
    eventKey,
    eventId: event.id,
    tags,
  });
  if (runtime.listeners.has('track')) {
    runtime.listeners.emit('track', { eventKey, userId: user.userId, attributes: user.attributes, eventTags: tags });
  }
}
