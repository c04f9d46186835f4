import { expect, it } from 'vitest';
import { findUselessRows } from './run-naive-suite.ts';

/** What is wrong to the row that is about it. */
const WRONG = {
  'answers every segment it asks for': 'resolves the names of the segments a user is in',
  'takes ids for words': 'keeps users apart, whatever their ids look like',
  'hands out the list it remembers': 'hands out lists that are the reader’s own',
  'remembers by user alone, for good': 'asks anew where it must not use what it remembers',
  'knows nothing rather than fails': 'rejects with an SdkError before it has settings, and when there is no platform',
  'keeps the settings it was told first': 'goes by the settings it was told last',
  'throws at settings it cannot use': 'takes settings it cannot use without throwing, and recovers from them',
  'rejects with errors of its own': 'rejects with an SdkError when the platform cannot be reached',
  'waits for whoever gave up': 'rejects when its caller gives up, and leaves the others their answer',
  'joins callers under the signal of the first': 'rejects when its caller gives up, and leaves the others their answer',
  'sends when it likes': 'passes every event on, once flushed',
  'sends everything twice': 'passes every event on, once flushed',
  'drops what it has when it is closed': 'sends what it has when it is closed',
  'swallows what it cannot send': 'refuses an event that cannot be sent with an SdkError, and passes the others on',
  'throws at events without a platform': 'takes events at any time without throwing',
  'flushes for as long as it takes': 'accounts for every event, in time, also when the platform cannot be reached',
  'counts what it delivered': 'accounts for every event, in time, also when the platform cannot be reached',
  'goes on when closed': 'ends what is under way when it is closed, which it may be twice and at once',
  'cannot be attached': 'serves a client',
};

it('each row of the contract suite fails on ODP parts that have the wrong it is about', async () => {
  expect(await findUselessRows('naive-odp-parts.ts', WRONG)).toEqual([]);
}, 180_000);
