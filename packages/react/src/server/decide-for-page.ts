/** Deciding for a page on the server, once per request. */
import { canLoad, createSnapshot, decideAllAsync, decideForKeysAsync, type LeanUser, load } from '@sortition/client';
import { readHeldImpression } from '@sortition/client/internal';
import * as React from 'react';
import type { PageSnapshot } from '../page-snapshot.ts';
import { type ForcedPageDecision, forceDecisions } from './forced-decisions.ts';
import { sealImpression } from './impression-token.ts';
import type { PageClient, PageUser, PageUserInput } from './page-user.ts';
import { readExpiry } from './read-expiry.ts';
import { readKeys, type SealKey } from './sealed-text.ts';

/** Options of `decideForPage`. */
export interface DecideForPageOptions {
  /**
   * Where the browser posts the impressions of shown decisions: the path of the route made by `createImpressionRoute`,
   * and the same secret. Absent: the snapshot has no impressions, because the client of the browser records them.
   */
  readonly impressions?:
    | {
        readonly url: string;
        readonly key: SealKey;
        /** How long a page may be shown after it was rendered, s; 3,600 by default. */
        readonly expiresInSeconds?: number | undefined;
      }
    | undefined;
  /** Decisions to force, as `verifyForcedDecisions` returns them. */
  readonly forced?: readonly ForcedPageDecision[] | undefined;
  /** How long to wait for segments and stored assignments, ms; by default as long as the client's parts allow. */
  readonly timeoutMs?: number | undefined;
}

const HELD = ['DISABLE_DECISION_EVENT'] as const;
const EXPIRES_IN_SECONDS = 3_600;

/** Loads under way or done, by user context. */
const loads = /* @__PURE__ */ new WeakMap<object, Promise<void>>();

/** User contexts of a request by user; React keeps the map while it renders the server components of one request. */
type Users = Map<PageClient, Map<unknown, PageUser>>;
let usersOfRequest: (() => Users) | undefined;

/**
 * Decides the flags of a page, all of them unless keys are given, and holds their impressions. Resolves to a snapshot
 * without user data, for `FlagsProvider`. A failed decision is not a rejection: a flag that cannot be decided is off.
 *
 * Segments and stored assignments are loaded once per request: the server components of one request share them, and so
 * do all calls with the same user context.
 *
 * @throws SdkError `invalid-user` or `invalid-option`, as a rejection, when the user has no id, the secret is too short or the time
 * is not a number of seconds
 * @example
 * const snapshot = await decideForPage(client, { id: visitorId }, ['checkout'], { impressions: { url: '/api/seen', key } });
 */
export async function decideForPage(
  client: PageClient,
  user: PageUser | PageUserInput,
  flagKeys?: readonly string[],
  options?: DecideForPageOptions,
): Promise<PageSnapshot> {
  const { impressions, forced, timeoutMs } = options ?? {};
  const [key] = impressions ? readKeys(impressions.key, 'decideForPage') : [''];
  const expiresAt = readExpiry('decideForPage', impressions ?? {}, EXPIRES_IN_SECONDS);
  const context = contextOf(client, user) as PageUser & LeanUser;
  await loadOnce(client, context, timeoutMs);
  const own = forced?.length ? forceDecisions(context, forced) : context;
  const decisions = await (flagKeys ? decideForKeysAsync(own, flagKeys, HELD) : decideAllAsync(own, HELD));
  const snapshot = createSnapshot(decisions);
  if (!impressions) return snapshot;
  const tokens = await Promise.all(
    Object.entries(decisions).flatMap(([flagKey, decision]) => {
      const held = readHeldImpression(decision);
      return held ? [sealImpression(held, expiresAt, key).then((token) => [flagKey, token] as const)] : [];
    }),
  );
  return { ...snapshot, impressions: { url: impressions.url, tokens: Object.fromEntries(tokens) } };
}

function contextOf(client: PageClient, user: PageUser | PageUserInput): PageUser {
  const { id, attributes, userId } = Object(user) as Partial<PageUser & PageUserInput>;
  if (userId !== undefined) return user as PageUser;
  // Missing in React 18; outside of server components it caches nothing.
  const { cache } = React as { cache?: <T>(make: () => T) => () => T };
  usersOfRequest ??= cache?.(() => new Map());
  const users = usersOfRequest?.().get(client) ?? new Map<unknown, PageUser>();
  usersOfRequest?.().set(client, users);
  const name = nameOf([id, attributes]);
  const context = users.get(name) ?? client.createUserContext(id, attributes);
  users.set(name, context);
  return context;
}

/** Returns a key for a user; a user with attributes that cannot be written as JSON gets a new key and is not shared. */
function nameOf(user: readonly unknown[]): unknown {
  try {
    return JSON.stringify(user);
  } catch {
    return Symbol();
  }
}

function loadOnce(client: PageClient, context: PageUser & LeanUser, timeoutMs: number | undefined): Promise<void> {
  if (!canLoad(client)) return Promise.resolve();
  const loading = loads.get(context) ?? load(context, timeoutMs === undefined ? {} : { timeoutMs });
  loads.set(context, loading);
  return loading;
}
