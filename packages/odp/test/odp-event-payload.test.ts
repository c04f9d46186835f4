import type { OdpEvent } from '@sortition/core';
import { expect, test } from 'vitest';
import { serializeOdpEvent } from '../src/odp-event-payload.ts';

const common = { clientName: 'test-sdk', clientVersion: '1.2.3', randomId: () => 'id-1' };
const event: OdpEvent = { action: 'buy', identifiers: { email: 'ada@example.com' }, data: {} };
const serialize = (changes: object) => JSON.parse(serializeOdpEvent({ ...event, ...changes } as OdpEvent, common));

test('an event carries the common data beneath its own', () => {
  expect(serialize({ data: { price: 9.5, gift: true, note: null, data_source: 'till' } })).toEqual({
    type: 'fullstack',
    action: 'buy',
    identifiers: { email: 'ada@example.com' },
    data: {
      idempotence_id: 'id-1',
      data_source_type: 'sdk',
      data_source: 'till',
      data_source_version: '1.2.3',
      price: 9.5,
      gift: true,
      note: null,
    },
  });
});

test.each([
  [{ type: 'web' }, 'web'],
  [{ type: '' }, 'fullstack'],
  [{ type: undefined }, 'fullstack'],
])('the type of %j is %s', (changes, type) => {
  expect(serialize(changes).type).toBe(type);
});

test.each(['fs-user-id', 'fs_user_id', 'FS-USER-ID', 'Fs_User_Id'])('the identifier %s is fs_user_id', (name) => {
  expect(serialize({ identifiers: { [name]: 'ada', email: 'e' } }).identifiers).toEqual({
    fs_user_id: 'ada',
    email: 'e',
  });
});

test.each(['fs-user_id', 'fsuserid', 'xfs_user_id'])('the identifier %s is another one', (name) => {
  expect(serialize({ identifiers: { [name]: 'ada' } }).identifiers).toEqual({ [name]: 'ada' });
});

test('of several spellings of the user id the last one counts, and empty identifiers are left out', () => {
  expect(serialize({ identifiers: { fs_user_id: 'a', 'FS-USER-ID': 'b', vuid: '' } }).identifiers).toEqual({
    fs_user_id: 'b',
  });
});

test.each<[string, object, string]>([
  ['no identifiers', { identifiers: {} }, 'ODP events should have at least one key-value pair in identifiers.'],
  [
    'missing identifiers',
    { identifiers: undefined },
    'ODP events should have at least one key-value pair in identifiers.',
  ],
  [
    'only empty identifiers',
    { identifiers: { email: '' } },
    'ODP events should have at least one key-value pair in identifiers.',
  ],
  ['an identifier that is no text', { identifiers: { email: 7 } }, 'Event identifiers invalid'],
  ['identifiers that are a list', { identifiers: ['a'] }, 'Event data invalid'],
  ['identifiers that are a Map', { identifiers: new Map([['email', 'a@b.c']]) }, 'not a list or Map'],
  ['data that are a Map', { data: new Map([['plan', 'pro']]) }, 'not a list or Map'],
  ['an object in the data', { data: { a: {} } }, 'Event data invalid'],
  ['undefined in the data', { data: { a: undefined } }, 'Event data invalid'],
  ['a function in the data', { data: { a: () => 1 } }, 'Event data invalid'],
  ['a big integer in the data', { data: { a: 1n } }, 'Event data invalid'],
  ['a symbol in the data', { data: { a: Symbol('a') } }, 'Event data invalid'],
  ['data that is a text', { data: 'text' }, 'Event data invalid'],
  [
    'data with a getter that throws',
    {
      data: {
        get a() {
          throw new Error('no');
        },
      },
    },
    'Event data invalid',
  ],
  ['an empty action', { action: '' }, 'Event action invalid'],
  ['an action that is no text', { action: 7 }, 'Event action invalid'],
  ['a type that is no text', { type: 7 }, 'Event type invalid'],
  ['a megabyte', { data: { a: 'x'.repeat(2 ** 20) } }, 'too long'],
])('an event with %s is refused', (_, changes, message) => {
  expect(() => serialize(changes)).toThrow(
    expect.objectContaining({ code: 'invalid-option', message: expect.stringContaining(message) }),
  );
});

test.each([null, undefined, 7, 'event'])('%s is no event', (value) => {
  expect(() => serializeOdpEvent(value as never, common)).toThrow(expect.objectContaining({ code: 'invalid-option' }));
});

test('[IN-03] lone surrogates become U+FFFD and prototype keys stay ordinary', () => {
  const parsed = serialize({
    identifiers: JSON.parse('{"__proto__":"a","x":"\\ud800"}'),
    data: JSON.parse('{"__proto__":1}'),
  });
  expect(Object.entries(parsed.identifiers)).toEqual([
    ['__proto__', 'a'],
    ['x', '\ufffd'],
  ]);
  expect(Object.hasOwn(parsed.data, '__proto__')).toBe(true);
});
