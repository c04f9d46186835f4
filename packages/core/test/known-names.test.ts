import { expect, it } from 'vitest';
import { closestName, describeUnknownName, listUnknownOptions } from '../src/internal.ts';

const KNOWN = ['batchSize', 'flushIntervalMs', 'profiles', 'fetch'];

it('says nothing when every option is known', () => {
  expect(listUnknownOptions('createX', { batchSize: 1, fetch: undefined }, KNOWN)).toBeUndefined();
});

it.each([
  ['flushInterval', 'flushIntervalMs'],
  ['batchsize', 'batchSize'],
  ['bachSize', 'batchSize'],
  ['fecth', 'fetch'],
])('%s may have been meant to be %s', (name, meant) => {
  expect(describeUnknownName('option', 'createX', name, KNOWN)).toBe(
    `createX does not have the option "${name}"; did you mean "${meant}"?`,
  );
});

it.each([
  ['flushInterval', ' Did you mean "flushIntervalMs"?'],
  ['eventFetch', ' Did you mean "fetch"?'],
  ['colour', ''],
])('an option %s is listed with the known ones, and with the shortest that has half of it', (name, meant) => {
  expect(listUnknownOptions('createX', { [name]: 1 }, KNOWN)).toBe(
    `createX does not have the option "${name}"; expected batchSize, flushIntervalMs, profiles, fetch.${meant}`,
  );
});

it('knows names of other SDKs before it guesses', () => {
  const elsewhere = { userProfileService: 'profiles' };
  expect(describeUnknownName('option', 'createX', 'userProfileService', KNOWN, elsewhere)).toBe(
    'createX does not have the option "userProfileService"; did you mean "profiles"?',
  );
  expect(listUnknownOptions('createX', { userProfileService: {} }, KNOWN, elsewhere)).toMatch(/mean "profiles"\?$/);
});

it('does not guess what is far from everything', () => {
  expect(closestName('colour', KNOWN)).toBeUndefined();
  expect(describeUnknownName('event', 'client.on', 'colour', KNOWN)).toBe(
    'client.on does not have the event "colour".',
  );
});

it('shows the start of long names and of long lists', () => {
  const many = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`${'x'.repeat(1_000)}${index}`, 1]));
  expect(listUnknownOptions('createX', many, KNOWN)?.length).toBeLessThan(400);
  expect(describeUnknownName('option', 'createX', 'x'.repeat(1_000), KNOWN).length).toBeLessThan(120);
});

it('names of Object.prototype are names like any other', () => {
  expect(describeUnknownName('option', 'createX', 'toString', KNOWN)).toBe(
    'createX does not have the option "toString".',
  );
  expect(listUnknownOptions('createX', { toString: 1, constructor: 1 }, KNOWN)).toBe(
    'createX does not have the option "toString", "constructor"; expected batchSize, flushIntervalMs, profiles, fetch.',
  );
});

it('a proxy that does not list its keys has no unknown options', () => {
  const hostile = new Proxy(
    {},
    {
      ownKeys() {
        throw new Error('no');
      },
    },
  );
  expect(listUnknownOptions('createX', hostile, KNOWN)).toBeUndefined();
});
