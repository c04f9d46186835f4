/** ODP events on the wire: which events are valid, the spelling of identifiers, and common data. */
import { type OdpEvent, SdkError } from '@sortition/core';
import { toWellFormed } from '@sortition/http';

/** Data about the sender in every event. */
export interface CommonEventData {
  readonly clientName: string;
  readonly clientVersion: string;
  readonly randomId: () => string;
}

/** A larger event is refused, so that a request with a whole batch is not too large. */
const MAX_EVENT_CHARACTERS = 262_144;

/** Both spellings, in any case, mean the application's user id. */
const USER_ID_ALIAS = /^fs(-user-|_user_)id$/i;

/**
 * Returns the event's JSON. Its idempotence id is drawn once, here, so that it is the same on every attempt.
 *
 * @throws SdkError `invalid-option` for an event that cannot be sent.
 */
export function serializeOdpEvent(event: OdpEvent, common: CommonEventData): string {
  const { action, type, identifiers, data } = Object(event) as Partial<OdpEvent>;
  const known = readIdentifiers(identifiers);
  if (known.size === 0) throw invalid('ODP events should have at least one key-value pair in identifiers.');
  const values = readData(data);
  if (typeof action !== 'string' || action === '')
    throw invalid('Event action invalid; expected a text that is not empty.');
  if (type !== undefined && type !== null && typeof type !== 'string') {
    throw invalid('Event type invalid; expected a text.');
  }
  const text = JSON.stringify({
    type: toWellFormed(type || 'fullstack'),
    action: toWellFormed(action),
    identifiers: Object.fromEntries(known),
    data: Object.fromEntries([...Object.entries(commonData(common)), ...values]),
  });
  if (text.length <= MAX_EVENT_CHARACTERS) return text;
  throw invalid(`An ODP event of ${text.length} characters is too long; at most ${MAX_EVENT_CHARACTERS} are sent.`);
}

function commonData({ clientName, clientVersion, randomId }: CommonEventData): Record<string, string> {
  return {
    idempotence_id: randomId(),
    data_source_type: 'sdk',
    data_source: clientName,
    data_source_version: clientVersion,
  };
}

/** Empty identifiers are left out: the platform would treat all users with an empty one as the same customer. */
function readIdentifiers(identifiers: unknown): Map<string, string> {
  const known = new Map<string, string>();
  for (const [name, value] of ownEntries(identifiers)) {
    if (typeof value !== 'string') throw invalid('Event identifiers invalid: every value must be a text.');
    const key = USER_ID_ALIAS.test(name) ? 'fs_user_id' : toWellFormed(name);
    if (value !== '') known.set(key, toWellFormed(value));
  }
  return known;
}

function readData(data: unknown): [string, unknown][] {
  return ownEntries(data).map(([name, value]) => {
    if (value !== null && !['string', 'number', 'boolean'].includes(typeof value)) {
      throw invalid('Event data invalid: values must be texts, numbers, booleans or null.');
    }
    return [toWellFormed(name), typeof value === 'string' ? toWellFormed(value) : value];
  });
}

/** Reads each property once; a missing object counts as an empty one. */
function ownEntries(value: unknown): [string, unknown][] {
  if (value === undefined || value === null) return [];
  try {
    // The entries of a `Map`, which the official SDK accepts, are not properties.
    if (typeof value === 'object' && !(Symbol.iterator in value)) return Object.entries(value);
  } catch (cause) {
    throw new SdkError('invalid-option', 'Event data invalid: it could not be read.', { cause });
  }
  throw invalid('Event data invalid; expected an object, not a list or Map.');
}

function invalid(message: string): SdkError {
  return new SdkError('invalid-option', message);
}
