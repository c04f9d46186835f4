/** Who visits: an id in the cookie of the browser's analytics SDK, and what they told the shop about themselves. */
import { amplitudeSetCookie, readAmplitudeIdentity } from '@sortition/cookies';
import { parse } from 'hono/utils/cookie';
import type { Attributes } from 'sortition';
import { type Cart, linesOf, parseCart } from './cart.ts';

/** Of the analytics project whose cookie names visitors; the page's script reads the same cookie. */
export const ANALYTICS_KEY = 'lab-analytics';
export const PROFILE_COOKIE = 'shop_profile';
export const CART_COOKIE = 'shop_cart';
export const PLANS = ['guest', 'member', 'gold'] as const;
export const COUNTRIES = ['DE', 'FR', 'US'] as const;

const APP_VERSION = '3.2.1';
/** What scripts write where they have no id; a client refuses it. */
const NO_ID = 'undefined';
const MAX_AGE_SECONDS = 31_536_000;

/** A visitor, as a request tells. */
export interface Visitor {
  readonly id: string;
  /** The request had no id: the answer sets one. */
  readonly isNew: boolean;
  /** They told the analytics SDK not to count them, so the shop does not either. */
  readonly optsOut: boolean;
  readonly plan: (typeof PLANS)[number];
  readonly country: (typeof COUNTRIES)[number];
  readonly cart: Cart;
}

/** Reads the cookies of a request. Never throws. */
export function readVisitor(cookieHeader: string | undefined): Visitor {
  const cookies = parse(cookieHeader ?? '');
  const { deviceId, optOut = false } = readAmplitudeIdentity(cookieHeader ?? '', ANALYTICS_KEY);
  const known = deviceId === NO_ID ? undefined : deviceId;
  const [plan, country] = (cookies[PROFILE_COOKIE] ?? '').split('.');
  return {
    id: known ?? crypto.randomUUID(),
    isNew: known === undefined,
    optsOut: optOut,
    plan: PLANS.find((name) => name === plan) ?? 'member',
    country: COUNTRIES.find((name) => name === country) ?? 'DE',
    cart: parseCart(cookies[CART_COOKIE]),
  };
}

/** The attributes audiences ask for. */
export function attributesOf({ plan, country, cart }: Visitor): Attributes {
  const cents = linesOf(cart).reduce((sum, { priceCents, quantity }) => sum + priceCents * quantity, 0);
  return { plan, country, cart_total: cents / 100, app_version: APP_VERSION };
}

/**
 * A `Set-Cookie` value with the id, which keeps what else the browser's SDK has put into the cookie.
 *
 * @throws SdkError `invalid-option` on an id that no cookie can hold.
 */
export function visitorCookie(deviceId: string, cookieHeader: string | undefined): string {
  // The shop runs on loopback over plain http, where a browser would not send a secure cookie back.
  return amplitudeSetCookie({ apiKey: ANALYTICS_KEY, deviceId, cookies: cookieHeader ?? null, secure: false });
}

/** A `Set-Cookie` value for a cookie of the shop's own, which no script needs. `''` deletes it. */
export function shopCookie(name: string, value: string): string {
  return `${name}=${value}; Path=/; Max-Age=${value === '' ? 0 : MAX_AGE_SECONDS}; HttpOnly; SameSite=Lax`;
}
