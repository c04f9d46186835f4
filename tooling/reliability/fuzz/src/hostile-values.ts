/** Values that turn up where something else was expected, as JSON can carry them. */

/** Nested so deeply that a recursive reader would overflow its stack. */
function nested(depth: number): unknown {
  let value: unknown = 'and';
  for (let level = 0; level < depth; level += 1) value = [value];
  return value;
}

/** Of each kind one that did, or might do, harm somewhere. */
export const HOSTILE_VALUES: readonly unknown[] = [
  ...[null, true, false, 0, -1, 1.5, 10_000, Number.MAX_SAFE_INTEGER + 2, -1e308],
  ...['', ' ', '0', '5', 'text', '__proto__', 'constructor', '$opt_bucketing_id', '\u0000', '\ud800', '1.2.3-beta+x'],
  'x'.repeat(100_000),
  ...[[], [null], [[]], ['or'], ['not'], ['and', 'or', 'not'], nested(150)],
  ...[{}, { a: 1 }, { toString: null }, JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":[]}}')],
];
