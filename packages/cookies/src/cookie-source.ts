/** Finds one cookie in whatever a server framework has: the header, a parsed record, or a function that looks up. */

/**
 * A request's cookies: the `Cookie` header (or `document.cookie`), a record of names to values, or a function from name
 * to value. Nothing at all means that the request has none.
 */
export type CookieSource =
  | string
  | { readonly [name: string]: string | undefined }
  | ((name: string) => string | null | undefined)
  | null
  | undefined;

/** No server takes more; the rest is not looked at. */
const MAX_HEADER_LENGTH = 16_384;

/** Returns the value of the first cookie of that name, still encoded where the source has it so. */
export function findCookie(source: CookieSource, name: string): string | null | undefined {
  if (typeof source === 'function') return source(name);
  if (typeof source === 'string') return findInHeader(source, name);
  return source && Object.hasOwn(source, name) ? source[name] : undefined;
}

function findInHeader(header: string, name: string): string | undefined {
  const pairs = header.slice(0, MAX_HEADER_LENGTH).split(';');
  // What the limit cut in two would be read as another value.
  if (header.length > MAX_HEADER_LENGTH) pairs.pop();
  const prefix = `${name}=`;
  const pair = pairs.map((text) => text.trim()).find((text) => text.startsWith(prefix));
  return pair?.slice(prefix.length).replace(/"/g, '');
}
