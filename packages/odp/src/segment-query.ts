/**
 * Queries the platform for the segments of a user. The query text never changes; data of users and datafiles is sent as
 * variables.
 */
import { isSdkError, SdkError } from '@sortition/core';
import { request, statusError, toWellFormed } from '@sortition/http';
import { readSegments } from './segment-answer.ts';
import { isVuid } from './vuid.ts';

/** How a user is identified to the platform. */
export type IdentifierKind = 'fs_user_id' | 'vuid';

const QUERY_BY_KIND: Readonly<Record<IdentifierKind, string>> = {
  fs_user_id:
    'query($userId: String, $audiences: [String]) {customer(fs_user_id: $userId) {audiences(subset: $audiences) {edges {node {name state}}}}}',
  vuid: 'query($userId: String, $audiences: [String]) {customer(vuid: $userId) {audiences(subset: $audiences) {edges {node {name state}}}}}',
};

/** A thousand times the response of a project with many segments. */
const MAX_ANSWER_BYTES = 8 * 2 ** 20;

/** The parts of a GraphQL result; not checked any further. */
export interface GraphqlResult {
  readonly data?: unknown;
  readonly errors?: unknown;
}

/**
 * Writes the body of a GraphQL request, has it sent and reads the result. Rejects with what `send` rejects with; with
 * any other error for a response that is not a GraphQL result.
 *
 * @param send Resolves to the text of a successful response.
 */
export type RunGraphql = (
  query: string,
  variables: Readonly<Record<string, unknown>>,
  send: (body: string) => Promise<string>,
) => Promise<GraphqlResult>;

/** Options of a query. */
export interface SegmentQueryOptions {
  readonly runGraphql: RunGraphql;
  /** Origin of the platform. */
  readonly origin: string;
  readonly apiKey: string;
  /** The segments to check. */
  readonly segmentsToCheck: readonly string[];
  readonly fetch: typeof fetch | undefined;
  /** Ends every request. */
  readonly signal: AbortSignal;
}

/** A VUID is a visitor id; every other id is the application's user id. */
export function identifierKind(userId: string): IdentifierKind {
  return isVuid(userId) ? 'vuid' : 'fs_user_id';
}

/**
 * Creates the query for one set of ODP settings. It resolves to the names of the segments the user is qualified for,
 * and rejects with `SdkError`: `request-failed` (network, status, an error of the platform), `timeout`, `aborted`,
 * `invalid-user` (the platform knows no such identifier) or `invalid-response`.
 *
 * There is one request without a retry, because a failure is remembered for a while.
 */
export function createSegmentQuery(
  options: SegmentQueryOptions,
): (userId: string, timeoutMs: number) => Promise<readonly string[]> {
  const { runGraphql, origin, apiKey, segmentsToCheck, signal, fetch } = options;
  const audiences = segmentsToCheck.map(toWellFormed);
  const headers = { 'content-type': 'application/json', accept: 'application/json', 'x-api-key': apiKey };
  return async (userId, timeoutMs) => {
    const send = async (body: string): Promise<string> => {
      const response = await request({
        url: `${origin}/v3/graphql`,
        method: 'POST',
        headers,
        body,
        timeoutMs,
        maxBytes: MAX_ANSWER_BYTES,
        maxRedirects: 0,
        signal,
        fetch,
        secrets: [apiKey],
      });
      if (response.status < 200 || response.status > 299) throw statusError(response, 'The segment request');
      return response.text;
    };
    const variables = { userId: toWellFormed(userId), audiences };
    const result = runGraphql(QUERY_BY_KIND[identifierKind(userId)], variables, send);
    const { data, errors } = await result.catch((error: unknown) => {
      throw describeFailure(error);
    });
    return readSegments(data, errors);
  };
}

function describeFailure(error: unknown): SdkError {
  if (!isSdkError(error)) {
    // The error may quote the response, which contains user data.
    return new SdkError(
      'invalid-response',
      'Audience segments fetch failed (decode error): the answer is not a GraphQL result.',
    );
  }
  const kind = error.code === 'invalid-response' ? 'decode error' : 'network error';
  return new SdkError(error.code, `Audience segments fetch failed (${kind}): ${error.message}`, { cause: error.cause });
}
