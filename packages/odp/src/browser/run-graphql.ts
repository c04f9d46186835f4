/**
 * GraphQL in pages: graphql-request imports the parser and the printer of `graphql`, 40 kB that a constant query text
 * does not need.
 */
import type { GraphqlResult, RunGraphql } from '../segment-query.ts';

/** See `RunGraphql`. */
export const runGraphql: RunGraphql = async (query, variables, send) => {
  const result: unknown = JSON.parse(await send(JSON.stringify({ query, variables })));
  if (typeof result !== 'object' || result === null) throw new TypeError('A GraphQL result is an object.');
  return result as GraphqlResult;
};
