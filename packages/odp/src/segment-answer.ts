/** Reads a GraphQL result: the names of the segments a user is qualified for, or what the platform says went wrong. */
import { SdkError } from '@sortition/core';

/**
 * Returns the names of the nodes whose state is `qualified`. Throws an `SdkError`: `invalid-user` when the platform
 * does not know the identifier, `request-failed` for its other errors, `invalid-response` when anything does not match
 * the schema. One broken node makes the whole response unusable, because its value is unknown.
 */
export function readSegments(data: unknown, errors: unknown): readonly string[] {
  if (errors !== undefined && errors !== null) {
    if (!Array.isArray(errors)) throw decodeError('"errors" is not a list');
    if (errors.length > 0) throw platformError(errors[0]);
  }
  const edges = field(field(field(data, 'customer'), 'audiences'), 'edges');
  if (!Array.isArray(edges)) throw decodeError('there are no edges');
  const qualified = new Set<string>();
  for (const edge of edges as unknown[]) {
    const node = field(edge, 'node');
    const name = field(node, 'name');
    const state = field(node, 'state');
    if (typeof name !== 'string' || typeof state !== 'string') throw decodeError('a node has no name or no state');
    if (state === 'qualified') qualified.add(name);
  }
  return [...qualified];
}

function platformError(error: unknown): SdkError {
  const extensions = field(error, 'extensions');
  const code = field(extensions, 'code');
  const classification = field(extensions, 'classification');
  if (code === 'INVALID_IDENTIFIER_EXCEPTION' || classification === 'InvalidIdentifierException') {
    return new SdkError('invalid-user', 'Audience segments fetch failed (invalid identifier).');
  }
  if (typeof classification !== 'string') return decodeError('an error has no classification');
  const shown = classification.replace(/[^\w .-]/g, '').slice(0, 64);
  return new SdkError('request-failed', `Audience segments fetch failed (${shown}).`);
}

function decodeError(reason: string): SdkError {
  return new SdkError('invalid-response', `Audience segments fetch failed (decode error): ${reason}.`);
}

/** Returns an own field of an object, `undefined` for anything else. */
function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}
