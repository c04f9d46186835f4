/** Users of the agent's API: the fields that most bodies share. */
import type { Attributes, Client, UserContext } from 'sortition';
import type { JsonObject } from '../guards/json-body.ts';
import { RequestError } from '../request-error.ts';

/** Returns the user id. @throws RequestError 400 when it is absent, empty, not a text, or "undefined" */
export function readUserId({ userId }: JsonObject): string {
  if (userId === undefined || userId === null || userId === '') {
    throw new RequestError(400, 'missing "userId" in request payload');
  }
  if (userId === 'undefined') throw new RequestError(400, '"userId" is "undefined"; expected the id of a user.');
  return readText(userId, 'userId');
}

/** Makes the user of a body. */
export function createUser(client: Client, body: JsonObject): UserContext {
  return client.createUserContext(readUserId(body), readRecord(body.userAttributes, 'userAttributes') as Attributes);
}

/** Returns a record; an absent one is empty. @throws RequestError 400 for anything else */
export function readRecord(value: unknown, name: string): JsonObject {
  if (value === undefined || value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value)) throw new RequestError(400, `"${name}" is not an object.`);
  return value as JsonObject;
}

/** Returns a text. @throws RequestError 400 */
export function readText(value: unknown, name: string): string {
  if (typeof value !== 'string') throw new RequestError(400, `"${name}" is not a text.`);
  return value;
}

/** Returns a list of texts; an absent one is empty. @throws RequestError 400 */
export function readTexts(value: unknown, name: string): readonly string[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || value.some((entry) => typeof entry !== 'string')) {
    throw new RequestError(400, `"${name}" is not a list of texts.`);
  }
  return value;
}
