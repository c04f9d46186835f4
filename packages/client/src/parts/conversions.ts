/** Reading the events that an application tracks. */
import type { EventTags, ProjectConfig } from '@sortition/core';
import { setOwn } from '@sortition/core/internal';
import type { ClientCore } from '../client-core.ts';
import { readFields } from '../read-input.ts';

/** A tracked event that the datafile has. */
export interface KnownConversion {
  readonly config: ProjectConfig;
  readonly eventId: string;
  /** A copy. */
  readonly tags: EventTags | undefined;
}

/** Reads a conversion. One that cannot be recorded is a problem, reported once per subject and counted each time. */
export function readConversion(
  { problems, state }: Pick<ClientCore, 'problems' | 'state'>,
  eventKey: string,
  eventTags: unknown,
): KnownConversion | undefined {
  const refuse = (code: string, subject: string, why: string): undefined =>
    problems.reportFirst({ code, part: 'events', message: `An event was not tracked: ${why}` }, subject) as undefined;
  const { config } = state;
  if (config === null)
    return refuse('not-ready', '', 'a conversion was tracked before the client had a config. Await client.ready().');
  const event = config.events.get(eventKey);
  if (event === undefined) {
    const shown = typeof eventKey === 'string' ? eventKey.slice(0, 200) : typeof eventKey;
    return refuse('unknown-event', shown, `the datafile has no event with the key "${shown}".`);
  }
  const tags = eventTags ? readTags(eventTags) : undefined;
  if (tags === null)
    return refuse('invalid-event-tags', eventKey, `the tags of event "${eventKey}" are not an object.`);
  return { config, eventId: event.id, tags };
}

/**
 * Copies tags, reading each once; empty tags and tags that cannot be read are left out. Returns `null` for a value that
 * is not an object.
 */
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
    return tags; // a proxy that cannot be read has no tags
  }
  return tags;
}
