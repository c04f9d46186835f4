/**
 * Forced decisions for testers: a signed text in a cookie or in the address. Nothing is forced without a secret or
 * without a text that is signed with it.
 */
import type { LeanUser } from '@sortition/client';
import { signCookieValue, verifyCookieValue } from '@sortition/cookies';
import { decodeBase64Url, encodeBase64Url } from './base64url.ts';
import type { PageUser } from './page-user.ts';
import { readExpiry } from './read-expiry.ts';
import { readKeys, type SealKey } from './sealed-text.ts';

/** A decision to force, for a flag or one of its rules. */
export interface ForcedPageDecision {
  readonly flagKey: string;
  readonly ruleKey?: string | undefined;
  readonly variationKey: string;
}

/** Options of `verifyForcedDecisions`. */
export interface ForcedDecisionsOptions {
  /** The secret the text is signed with. Absent: nothing is ever forced. */
  readonly key?: SealKey | undefined;
  /** Name of the cookie and of the parameter in the address; `sortition_forced` by default. */
  readonly name?: string | undefined;
}

const NAME = 'sortition_forced';
const EXPIRES_IN_SECONDS = 86_400;
/**
 * Prefix of the secret, so that other texts that the application signs with it, such as an id that a visitor chose,
 * force nothing.
 */
const PURPOSE = 'sortition forced decisions ';

/**
 * Returns a signed text for `verifyForcedDecisions`, for a cookie or an address.
 *
 * @throws SdkError `invalid-option`, as a rejection, on a secret that is too short, a time that is not a number of seconds, or more
 * decisions than a cookie holds
 */
export async function signForcedDecisions(
  forced: readonly ForcedPageDecision[],
  options: { readonly key: string; readonly expiresInSeconds?: number | undefined },
): Promise<string> {
  const [key] = readKeys(options.key, 'signForcedDecisions');
  const expiresAt = readExpiry('signForcedDecisions', options, EXPIRES_IN_SECONDS);
  const text = new TextEncoder().encode(JSON.stringify({ forced, expiresAt }));
  return signCookieValue(encodeBase64Url(text), PURPOSE + key);
}

/**
 * Returns the decisions that a request may force; none unless its cookie or its address has a text that was signed with the secret
 * and has not expired. Never throws and never rejects.
 *
 * @param request A `Request`, or only its headers where no request exists, as in server components: `{ headers: await headers() }`.
 */
export async function verifyForcedDecisions(
  request: { readonly headers: { get(name: string): string | null }; readonly url?: string | undefined },
  { key, name = NAME }: ForcedDecisionsOptions,
): Promise<readonly ForcedPageDecision[]> {
  if (key === undefined || key === '') return [];
  try {
    const keys = readKeys(key, 'verifyForcedDecisions').map((secret) => PURPOSE + secret);
    const given = request.url === undefined ? null : new URL(request.url, 'http://page').searchParams.get(name);
    const value = await verifyCookieValue(given ?? readCookie(request.headers.get('cookie') ?? '', name), keys);
    if (value === undefined) return [];
    const text = new TextDecoder().decode(decodeBase64Url(value));
    const { forced, expiresAt }: { forced: ForcedPageDecision[]; expiresAt: number } = JSON.parse(text);
    return expiresAt > Date.now() ? forced : [];
  } catch {
    return []; // with a secret that is too short, or an invalid address, nothing is forced
  }
}

/** Returns a copy of a user context in which decisions are forced. */
export function forceDecisions(
  context: PageUser & LeanUser,
  forced: readonly ForcedPageDecision[],
): PageUser & LeanUser {
  const own = context.clone();
  for (const { flagKey, ruleKey, variationKey } of forced) {
    own.setForcedDecision({ flagKey, ruleKey: ruleKey ?? null }, { variationKey });
  }
  return own as PageUser & LeanUser;
}

function readCookie(header: string, name: string): string | undefined {
  const pairs = header.split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
}
