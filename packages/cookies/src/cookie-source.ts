/** Finds the values of one cookie in the forms that server frameworks offer: headers, lists, parsed records, stores, functions. */
import { check } from './check.ts';

/**
 * The result of a look-up: a value, several values, an object with a value as in the stores of frameworks, or nothing.
 */
export type CookieAnswer = string | { readonly value: string } | readonly (string | { readonly value: string })[];

/**
 * A request's cookies, preferably the `Cookie` header, because parsed cookies have only one value per name.
 *
 * - the header, or `document.cookie`
 * - all headers of a request, as a record or `Headers`, with single values or lists (`request.headers`, API Gateway's
 *   `multiValueHeaders`, Lambda@Edge's `headers`)
 * - a list: of headers, of `name=value` (API Gateway's `event.cookies`), of `{ name, value }` (`getAll()` of a store), of
 *   `{ key, value }` (Lambda@Edge's `headers.cookie`)
 * - a record of names to values, a `Map`, an object with `get(name)` such as Next's awaited `cookies()`
 * - a function from name to value
 *
 * Nothing at all (`null`, `undefined`) means that the request has none. Promises have to be awaited first.
 */
export type CookieSource =
  | string
  | { readonly [name: string]: CookieAnswer | undefined }
  | readonly (string | { readonly name?: string; readonly key?: string | undefined; readonly value: string })[]
  | { get(name: string): CookieAnswer | null | undefined }
  | ((name: string) => CookieAnswer | null | undefined)
  | null
  | undefined;

/** The values of one cookie. */
export interface FoundCookies {
  /** In the order of the source, and encoded if they are in the source. */
  readonly values: readonly string[];
  /** `false` when a header was too long to be read to its end. */
  readonly isComplete: boolean;
}

/** Servers do not accept more; the rest is not read. */
const MAX_HEADER_LENGTH = 16_384;

/**
 * Returns every value of the cookie.
 *
 * @throws SdkError `invalid-option` when `source` has a type without cookies. Errors of a look-up function are passed
 * on.
 */
export function findCookies(source: CookieSource, name: string): FoundCookies {
  const values: string[] = [];
  let left = MAX_HEADER_LENGTH;
  let isComplete = true;

  function addHeader(header: string): void {
    // Proxies join several headers with commas, which these values never contain.
    const pairs = header.slice(0, left).split(/[;,]/);
    if (header.length > left) {
      isComplete = false;
      // The last value may be cut by the limit.
      pairs.pop();
    }
    left -= Math.min(left, header.length);
    const prefix = `${name}=`;
    for (const pair of pairs) {
      const text = pair.trim();
      if (text.startsWith(prefix)) values.push(text.slice(prefix.length).replace(/"/g, ''));
    }
  }

  /** Adds headers (`label` is `cookie`) or values of the cookie: single ones, lists, or entries with a name. */
  function add(part: unknown, label: string): void {
    if (typeof part === 'string') {
      if (label === COOKIE) addHeader(part);
      else values.push(part);
    } else if (Array.isArray(part)) {
      for (const inner of part) add(inner, label);
    } else if (part != null) {
      checkNoPromise(part);
      const entry = part as { readonly name?: unknown; readonly key?: unknown; readonly value?: unknown };
      // A visitor can make a parsed value any object, but not a header.
      if (typeof entry.value === 'string') addNamed(entry.name ?? entry.key ?? label, entry.value);
      else check(label !== COOKIE, REFUSAL);
    }
  }

  /** Adds the value of a name, if that is the cookie's or the header's, in any case. */
  function addNamed(label: unknown, part: unknown): void {
    if (label === name) add(part, name);
    else if (typeof label === 'string' && label.toLowerCase() === COOKIE) add(part, COOKIE);
  }

  if (typeof source === 'string' || Array.isArray(source)) add(source, COOKIE);
  else if (typeof source === 'function') add(source(name), name);
  else if (source != null) {
    checkNoPromise(source);
    const store = source as { get?(name: string): unknown; getAll?(name: string): unknown };
    if (typeof store.get === 'function') {
      add(store.get(COOKIE) ?? store.get('Cookie'), COOKIE);
      // In some runtimes `Headers` have a `getAll` that only supports another header.
      add(store.getAll && !('append' in store) ? store.getAll(name) : store.get(name), name);
    } else {
      check(isRecord(source), REFUSAL);
      for (const [label, answer] of Object.entries(source)) addNamed(label, answer);
    }
  }
  return { values, isComplete };
}

/** Name of the header, in lower case. */
const COOKIE = 'cookie';

const REFUSAL =
  'cookies is not a source of cookies; expected a Cookie header, headers, a list, a record, an object with get(), a function from name to value, or null.';

function checkNoPromise(value: unknown): void {
  if (typeof (value as PromiseLike<unknown>).then !== 'function') return;
  // A promise is refused here; its later rejection must not end the process.
  Promise.resolve(value).catch(() => undefined);
  check(false, 'cookies is or answers a promise; await it first.');
}

/**
 * Returns whether it is a plain object of this or another realm. A request or an event, which contains headers, is not.
 */
function isRecord(source: object): boolean {
  const prototype = Object.getPrototypeOf(source);
  const isPlain = prototype === null || Object.getPrototypeOf(prototype) === null;
  return isPlain && typeof (source as { headers?: unknown }).headers !== 'object';
}
