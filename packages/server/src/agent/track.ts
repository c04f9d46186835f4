/** `POST /v1/track` and `POST /v1/send-odp-event`: events. */
import type { Client, OdpEventInput } from 'sortition';
import type { JsonObject } from '../guards/json-body.ts';
import { RequestError } from '../request-error.ts';
import { createUser, readRecord, readText } from './user-request.ts';

/** Records a conversion. @throws RequestError 400 */
export function track(
  client: Client,
  eventKey: string,
  body: JsonObject,
): { readonly userId: string; readonly eventKey: string; readonly error: string } {
  if (eventKey === '') throw new RequestError(400, 'missing required path parameter: eventKey');
  const user = createUser(client, body);
  const tags = readRecord(body.eventTags, 'eventTags');
  const isKnown = client.getProjectInfo()?.events.some(({ key }) => key === eventKey) ?? false;
  if (isKnown) user.trackEvent(eventKey, tags);
  return {
    userId: user.userId,
    eventKey,
    error: isKnown ? '' : `event with key "${eventKey.slice(0, 128)}" not found`,
  };
}

/** Sends an event to the customer-data platform. @throws RequestError 400 */
export function sendOdpEvent(client: Client, body: JsonObject): { readonly success: true } {
  const { action, type } = body;
  if (typeof action !== 'string' || action === '') throw new RequestError(400, 'missing "action" in request payload');
  const identifiers = readRecord(body.identifiers, 'identifiers');
  if (Object.keys(identifiers).length === 0) {
    throw new RequestError(400, 'missing or empty "identifiers" in request payload');
  }
  for (const [name, value] of Object.entries(identifiers)) readText(value, `identifiers.${name}`);
  client.sendOdpEvent({
    action,
    ...(typeof type === 'string' && { type }),
    identifiers: identifiers as Record<string, string>,
    data: readRecord(body.data, 'data') as NonNullable<OdpEventInput['data']>,
  });
  return { success: true };
}
