/**
 * Names that no other test uses, because the tested object may share its data with other tests and with earlier runs.
 */

/** Names with a meaning in objects, and characters with a meaning in databases, shells and URLs. */
export const ODD_NAMES: readonly string[] = [
  '',
  ' ',
  '__proto__',
  'constructor',
  'a:b',
  'a/b',
  '{a}',
  '%61',
  "'; --",
  '*',
  'ä€😀',
  'line\nbreak',
];

let names = 0;

/** Returns a new name, for example for a user; more text may be appended. */
export function newName(): string {
  names += 1;
  return `contract-${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}-${names}-`;
}
