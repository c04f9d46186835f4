/**
 * Asks the platform which segments a user is in. The query text never changes; whatever comes from users or datafiles
 * travels as variables.
 */
import { isSdkError, SdkError } from '@sortition/core';
import { request, statusError, toWellFormed } from '@sortition/http';
import { GraphQLClient } from 'graphql-request';
import type { AbortGroup } from './abort-group.ts';
import { readSegments } from './segment-answer.ts';
import { isVuid } from './vuid.ts';

/** How a user is identified to the platform. */
export type IdentifierKind = 'fs_user_id' | 'vuid';

const QUERY_BY_KIND: Readonly<Record<IdentifierKind, string>> = {
  fs_user_id:
    'query($userId: String, $audiences: [String]) {customer(fs_user_id: $userId) {audiences(subset: $audiences) {edges {node {name state}}}}}',
  vuid: 'query($userId: String, $audiences: [String]) {customer(vuid: $userId) {audiences(subset: $audiences) {edges {node {name state}}}}}',
};

/** A thousand times what a project with many segments answers. */
const MAX_ANSWER_BYTES = 8 * 2 ** 20;

/** Where and what to ask. */
export interface SegmentQueryOptions {
  /** Origin of the platform. */
  readonly origin: string;
  readonly apiKey: string;
  /** The only segments asked for. */
  readonly segmentsToCheck: readonly string[];
  readonly fetch: typeof fetch | undefined;
  /** The group every request is part of. */
  readonly requests: AbortGroup;
}

/** A visitor id is a VUID; every other id is the application's own. */
export function identifierKind(userId: string): IdentifierKind {
  return isVuid(userId) ? 'vuid' : 'fs_user_id';
}

/**
 * Creates the query for one set of ODP settings. It resolves the names of the segments the user is qualified for, and
 * rejects with `SdkError`: `request-failed` (network, status, an error of the platform), `timeout`, `aborted`, `invalid-user`
 * (the platform knows no such identifier) or `invalid-response`.
 *
 * One request, never repeated: a failure is remembered for a while, which a retry would undo.
 */
export function createSegmentQuery(
  options: SegmentQueryOptions,
): (userId: string, timeoutMs: number) => Promise<readonly string[]> {
  const { origin, apiKey, segmentsToCheck, requests } = options;
  const audiences = segmentsToCheck.map(toWellFormed);
  const headers = { 'content-type': 'application/json', accept: 'application/json', 'x-api-key': apiKey };
  return async (userId, timeoutMs) => {
    const client = new GraphQLClient(`${origin}/v3/graphql`, {
      headers,
      errorPolicy: 'all',
      // The operation has no name, and finding that out would parse the query each time.
      excludeOperationName: true,
      jsonSerializer: { stringify: JSON.stringify, parse: parseResult },
      fetch: async (url, init) => {
        const response = await requests.run((signal) =>
          request({
            url: String(url),
            method: 'POST',
            headers,
            body: String(init?.body),
            timeoutMs,
            maxBytes: MAX_ANSWER_BYTES,
            maxRedirects: 0,
            signal,
            fetch: options.fetch,
            secrets: [apiKey],
          }),
        );
        if (response.status < 200 || response.status > 299) throw statusError(response, 'The segment request');
        return answerOf(response.text);
      },
    });
    try {
      const { data, errors } = await client.rawRequest(QUERY_BY_KIND[identifierKind(userId)], {
        userId: toWellFormed(userId),
        audiences,
      });
      return readSegments(data, errors);
    } catch (error) {
      throw describeFailure(error);
    }
  };
}

/** Some servers write `"errors": null` beside a good answer, which graphql-request takes for no answer at all. */
function parseResult(text: string): unknown {
  const result: unknown = JSON.parse(text);
  if (typeof result !== 'object' || result === null || Reflect.get(result, 'errors') !== null) return result;
  return Object.fromEntries(Object.entries(result).filter(([name]) => name !== 'errors'));
}

/** The part of a `Response` that graphql-request reads. The platform sends JSON, whatever a proxy calls it. */
function answerOf(text: string): Response {
  const headers = { get: () => 'application/json' };
  return { ok: true, status: 200, headers, text: async () => text } as unknown as Response;
}

function describeFailure(error: unknown): SdkError {
  if (!isSdkError(error)) {
    // graphql-request could not read the answer; its error quotes it, and the answer is about a user.
    return new SdkError(
      'invalid-response',
      'Audience segments fetch failed (decode error): the answer is no GraphQL result.',
    );
  }
  if (error.message.startsWith('Audience segments fetch failed')) return error;
  const kind = error.code === 'invalid-response' ? 'decode error' : 'network error';
  return new SdkError(error.code, `Audience segments fetch failed (${kind}): ${error.message}`, { cause: error.cause });
}
