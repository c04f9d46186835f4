import { expect, it } from 'vitest';
import { closestName, describeUnknownName, describeUnknownOptions } from '../src/internal.ts';

const KNOWN = ['batchSize', 'flushIntervalMs', 'profiles', 'fetch'];

it('says nothing when every option is known', () => {
  expect(describeUnknownOptions('createX', { batchSize: 1, fetch: undefined }, KNOWN)).toBeUndefined();
});

it.each([
  ['flushInterval', 'flushIntervalMs'],
  ['batchsize', 'batchSize'],
  ['bachSize', 'batchSize'],
  ['fecth', 'fetch'],
])('%s may have been meant to be %s', (name, meant) => {
  expect(describeUnknownOptions('createX', { [name]: 1 }, KNOWN)).toBe(
    `createX does not have the option "${name}"; did you mean "${meant}"?`,
  );
});

it('knows names of other SDKs before it guesses', () => {
  expect(describeUnknownOptions('createX', { userProfileService: {} }, KNOWN, { userProfileService: 'profiles' })).toBe(
    'createX does not have the option "userProfileService"; did you mean "profiles"?',
  );
});

it('does not guess what is far from everything', () => {
  expect(closestName('colour', KNOWN)).toBeUndefined();
  expect(describeUnknownName('event', 'client.on', 'colour', KNOWN)).toBe(
    'client.on does not have the event "colour".',
  );
});

it('shows at most ten names, and the start of long ones', () => {
  const many = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`${'x'.repeat(1_000)}${index}`, 1]));
  const message = describeUnknownOptions('createX', many, KNOWN) ?? '';
  expect(message.length).toBeLessThan(1_200);
  expect(message).toContain('2 more are unknown.');
});

it('names of Object.prototype are names like any other', () => {
  expect(describeUnknownOptions('createX', { toString: 1, constructor: 1 }, KNOWN)).toBe(
    'createX does not have the option "toString". createX does not have the option "constructor".',
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
  expect(describeUnknownOptions('createX', hostile, KNOWN)).toBeUndefined();
});
