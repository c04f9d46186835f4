/** Access rights of requests. Tokens are compared in constant time. */
import type { RequestHeaders } from '../exchange.ts';
import type { AccessToken } from '../server-options.ts';
import { isSameText } from './constant-time.ts';

/** What a caller may do: everything, evaluate in bulk over OFREP, or nothing. */
export type AccessScope = 'all' | 'read' | 'none';

/** Returns a function that says what a request may do. */
export function createAccessCheck(
  tokens: readonly AccessToken[] | undefined,
): (headers: RequestHeaders) => AccessScope {
  if (tokens === undefined) return () => 'all';
  return (headers) => {
    const presented = readToken(headers);
    if (presented === null) return 'none';
    let granted: AccessScope = 'none';
    // Every token is compared, so that the time does not reveal which one matches.
    for (const { token, scope } of tokens) if (isSameText(token, presented)) granted = scope;
    return granted;
  };
}

function readToken(headers: RequestHeaders): string | null {
  const authorization = headers.get('authorization');
  if (authorization !== null) return /^Bearer (.+)$/i.exec(authorization)?.[1] ?? null;
  return headers.get('x-api-key');
}
