/**
 * Words both generators draw from, so that users have the attributes and segments that audiences ask for, and are named
 * by the allow-lists.
 */

/** Keys of attributes; integer-like, empty and non-ASCII ones included. */
export const ATTRIBUTE_KEYS = ['age', 'city', 'premium', 'version', 'höhe', '0', '', '$opt_x', 'a b', 'score'] as const;

export const SEGMENTS = ['seg_a', 'seg_b', 'ségment', '7', '', 'odp "quoted"'] as const;

export const NUMBERS: readonly number[] = [
  0,
  -0,
  1,
  18,
  42,
  42.5,
  -7,
  0.1,
  1e3,
  2 ** 53 - 1,
  2 ** 53,
  -(2 ** 53),
  2 ** 53 + 2,
  -(2 ** 53) - 2,
  1e308,
];

export const NUMBERS_OF_USERS: readonly number[] = [...NUMBERS, Number.NaN, Infinity, -Infinity, 1e-320];

export const STRINGS: readonly string[] = [
  '',
  'zürich',
  'Zürich',
  'berlin',
  'New York',
  '42',
  'true',
  'null',
  '日本語',
  '😀',
  '\ud800',
  'e\u0301',
  'é',
  'a\nb',
  '"quoted"',
  '%s',
];

export const VERSIONS: readonly string[] = [
  '2',
  '2.0',
  '2.0.0',
  '2.0.1',
  '2.1',
  '2.12',
  '3.0',
  '01.2',
  '1.02',
  '2.0.0-beta',
  '2.0.0-beta.2',
  '2.0.0-beta.10',
  '2.0.0+build',
  '2.0.0+build-1',
  '2.0.0-beta+build',
  '2.0.0-5',
  '2.0.0-',
  '2.0.0+',
  '2.0.0-beta-1',
  '99999999999999999999',
  '99999999999999999998',
  '-',
  '.',
  '..',
  '+',
  '+x',
  '',
  ' ',
  '2 .0',
  '2.',
  '.2',
  '2..2',
  '3.7.2.2',
  '3.x',
  ',',
  '1.2.3\n',
  '１.２',
];

/** Users that allow-lists name. */
export const LISTED_USERS = ['vip', 'tester', 'Ünïcödé', '😀', '', '5'] as const;
