/** Whether the attribute contains a text; case-sensitive, and the empty text is in every string. */
import type { CompileMatcher } from './matcher.ts';

export const substring: CompileMatcher = (expected) => {
  if (typeof expected !== 'string') return null;
  return (actual) => (typeof actual === 'string' ? actual.includes(expected) : null);
};
