/** Names that no other test uses: what is under test may share its data with other tests and with earlier runs. */

/** Names that mean something to objects, and characters that mean something to databases, shells and URLs. */
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

/** For a user, say; other text may follow it. */
export function newName(): string {
  names += 1;
  return `contract-${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}-${names}-`;
}
