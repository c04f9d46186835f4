import { describe, expect, it } from 'vitest';
import {
  checkOptionsObject,
  describeValue,
  hasMethods,
  readBoolean,
  readChoice,
  readFunction,
  readInteger,
  readMethods,
  readNumber,
  readObject,
  readString,
} from '../src/internal.ts';

const bare = (): object => Object.create(null) as object;
const revoked = (): object => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};
const refusing = new Proxy(
  {},
  {
    get() {
      throw new TypeError('not for you');
    },
  },
);

const HOSTILE: readonly [string, unknown][] = [
  ['null', null],
  ['a null-prototype object', bare()],
  ['an array', []],
  ['a proxy that throws', refusing],
  ['a revoked proxy', revoked()],
  ['a symbol', Symbol('x')],
  ['a bigint', 1n],
  ['a date that is not one', new Date(Number.NaN)],
  ['an object that refuses to become text', { toString: 1, valueOf: 1 }],
];

const READERS: readonly [string, (options: { value: never }) => unknown][] = [
  ['readInteger', (options) => readInteger('createX', options, 'value', 5)],
  ['readNumber', (options) => readNumber('createX', options, 'value', 5)],
  ['readBoolean', (options) => readBoolean('createX', options, 'value', true)],
  ['readString', (options) => readString('createX', options, 'value', 'text')],
  ['readChoice', (options) => readChoice('createX', options, 'value', 'a', ['a', 'b'])],
  ['readFunction', (options) => readFunction('createX', options, 'value')],
  ['readMethods', (options) => readMethods('createX', options, 'value', ['go'], 'a part with the method go')],
];

describe.each(READERS)('%s', (_name, read) => {
  it.each(HOSTILE)('refuses %s with an SdkError that names the option', (_what, value) => {
    expect(() => read({ value: value as never })).toThrow(
      expect.objectContaining({
        code: 'invalid-option',
        message: expect.stringMatching(/"value" of createX must be .+, got /),
      }),
    );
  });

  it.each([
    ['a proxy that throws', refusing],
    ['a revoked proxy', revoked()],
  ])('refuses to read from %s', (_what, container) => {
    expect(() => read(container as never)).toThrow(
      expect.objectContaining({ code: 'invalid-option', cause: expect.any(TypeError) }),
    );
  });

  it('never quotes a text', () => {
    expect(() => read({ value: 'Bearer s3cret' as never })).not.toThrow(/s3cret/);
  });
});

it('an object option may be any object that is not an array', () => {
  const options = { inner: { a: 1 }, list: [1], bare: bare() };
  expect(readObject('createX', options, 'inner')).toBe(options.inner);
  expect(readObject('createX', options, 'bare')).toBe(options.bare);
  expect(() => readObject('createX', options, 'list')).toThrow('"list" of createX must be an object, got an array.');
});

it('absent options have their defaults, also when they are undefined', () => {
  const options: { [name in 'n' | 'i' | 'b' | 's' | 'c' | 'f' | 'm' | 'o']?: undefined } = { n: undefined };
  expect([
    readNumber('f', options, 'n', 1.5),
    readInteger('f', options, 'i', 2),
    readBoolean('f', options, 'b', false),
    readString('f', options, 's', undefined),
    readChoice('f', options, 'c', 'y', ['x', 'y']),
    readFunction('f', options, 'f'),
    readMethods('f', options, 'm', ['x'], 'x'),
    readObject('f', options, 'o'),
  ]).toEqual([1.5, 2, false, undefined, 'y', undefined, undefined, undefined]);
});

it.each([
  [1, true],
  [10, true],
  [0, false],
  [11, false],
  [1.5, false],
  [Number.NaN, false],
  [Number.POSITIVE_INFINITY, false],
])('an integer from 1 to 10: %s', (value, fits) => {
  const read = () => readInteger('createX', { value }, 'value', 5, { min: 1, max: 10 });
  if (fits) expect(read()).toBe(value);
  else expect(read).toThrow(`The option "value" of createX must be an integer from 1 to 10, got ${value}.`);
});

it.each([
  [0.5, Number.MIN_VALUE, undefined, null],
  [0, Number.MIN_VALUE, undefined, 'a number above 0, got 0.'],
  [-1, 0, undefined, 'a number from 0, got -1.'],
  [Number.POSITIVE_INFINITY, 0, undefined, 'a number from 0, got Infinity.'],
  [Number.POSITIVE_INFINITY, 0, Number.POSITIVE_INFINITY, null],
  [2 ** 31, 0, 2 ** 31 - 1, 'a number from 0 to 2147483647, got 2147483648.'],
])('the number %s from %s to %s', (value, min, max, refusal) => {
  const read = () => readNumber('createX', { value }, 'value', 5, { min, max });
  if (refusal === null) expect(read()).toBe(value);
  else expect(read).toThrow(refusal);
});

it('an option is read once, so that a getter cannot answer twice', () => {
  let reads = 0;
  const options = {
    get size() {
      reads += 1;
      return reads === 1 ? 3 : -1;
    },
  };
  expect(readInteger('createX', options, 'size', 5)).toBe(3);
});

it.each([
  ...HOSTILE.filter(([name]) => name === 'null' || name === 'an array'),
  ['a text', 'sdk-key'],
  ['nothing', undefined],
])('options that are %s are refused', (_name, options) => {
  expect(() => checkOptionsObject('createX', options, '{ a: 1 }')).toThrow(
    expect.objectContaining({
      code: 'invalid-option',
      message: expect.stringMatching(/^createX takes an object .+ such as \{ a: 1 \}, got /),
    }),
  );
});

it('options without a prototype are options', () => {
  expect(() => checkOptionsObject('createX', bare())).not.toThrow();
});

it('methods are looked for on prototypes and functions too, and never called', () => {
  class Store {
    save(): never {
      throw new Error('called');
    }
  }
  expect([
    hasMethods(new Store(), ['save']),
    hasMethods(
      Object.assign(() => 0, { save: () => 0 }),
      ['save'],
    ),
  ]).toEqual([true, true]);
  expect([hasMethods(refusing, ['save']), hasMethods(undefined, []), hasMethods({ save: 1 }, ['save'])]).toEqual([
    false,
    false,
    false,
  ]);
});

it('values are described by their type', () => {
  expect([null, undefined, 5, Number.NaN, '', 'x', [], {}, revoked(), true, () => 0, 1n].map(describeValue)).toEqual([
    'null',
    'undefined',
    '5',
    'NaN',
    'an empty string',
    'a string',
    'an array',
    'an object',
    'an object',
    'a boolean',
    'a function',
    'a bigint',
  ]);
});
