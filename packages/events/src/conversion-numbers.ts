/**
 * Revenue and value of a conversion, read from its tags as leniently as the official JavaScript SDK does, because
 * dashboards add up these numbers.
 */
import type { EventTags } from '@sortition/core';

/**
 * Reads `revenue`: an integer in cents, truncated toward zero; texts that begin with an integer, decimal or with the
 * prefix `0x`.
 */
export function readRevenue(tags: EventTags): number | undefined {
  const revenue = ownTag(tags, 'revenue');
  const number =
    typeof revenue === 'string' ? Number.parseInt(revenue, baseOf(revenue)) : Math.trunc(revenue as number);
  return revenue !== null && Number.isFinite(number) ? number : undefined;
}

/**
 * Reads `value`: a number, or a text that begins with one. Anything else is not a value, where the official SDK lets `true` and
 * `[]` through.
 */
export function readValue(tags: EventTags): number | undefined {
  const value = ownTag(tags, 'value');
  const number = typeof value === 'string' ? Number.parseFloat(value) : value;
  return Number.isFinite(number) ? (number as number) : undefined;
}

/** The base that `parseInt` detects. */
function baseOf(text: string): 10 | 16 {
  return /^\s*[+-]?0x/i.test(text) ? 16 : 10;
}

function ownTag(tags: EventTags, key: string): unknown {
  return Object.hasOwn(tags, key) ? tags[key] : undefined;
}
