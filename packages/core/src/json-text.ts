/**
 * JSON of values from outside, limited in depth and length. The depth is limited here because engines differ:
 * `JSON.stringify` can go down some thousands of levels in one and millions in another.
 */

/** Deeper values are not shown. */
const MAX_DEPTH = 100;

/** Returns the JSON of a value, cut at `maxLength` characters with `…`; `undefined` when it is nested deeper than 100 levels. */
export function toJsonText(value: unknown, maxLength: number): string | undefined {
  try {
    const size = measure(value, maxLength, 0);
    if (size === TOO_DEEP) return undefined;
    // Of a large value only the beginning is turned into text.
    const text = JSON.stringify(size > maxLength ? shorten(value, { left: maxLength }, 0) : value) ?? 'absent';
    return text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
  } catch {
    return undefined; // a getter or a `toJSON` that throws, or a value that is not JSON
  }
}

/** Larger than any size. A literal, because bundlers cannot remove a module that reads a global such as `Infinity`. */
const TOO_DEEP = 1e308;

/** Returns roughly how long the text of a value is; stops at values that are too long or too deep. */
function measure(value: unknown, limit: number, depth: number): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 1;
  if (depth >= MAX_DEPTH) return TOO_DEEP;
  let size = 1;
  for (const key of Object.keys(value)) {
    size += 1 + measure((value as Record<string, unknown>)[key], limit, depth + 1);
    if (size > limit) return size;
  }
  return size;
}

/** Returns the beginning of a value: when `left` characters are used up, the rest is left out. */
function shorten(value: unknown, budget: { left: number }, depth: number): unknown {
  if (typeof value === 'string') {
    const text = value.slice(0, Math.max(0, budget.left));
    budget.left -= text.length;
    return text;
  }
  budget.left -= 1;
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return null;
  const copy: unknown[] = [];
  const isArray = Array.isArray(value);
  for (const key of Object.keys(value)) {
    if (budget.left <= 0) break;
    const part = shorten((value as Record<string, unknown>)[key], budget, depth + 1);
    copy.push(isArray ? part : [key, part]);
  }
  return isArray ? copy : Object.fromEntries(copy as [string, unknown][]);
}
