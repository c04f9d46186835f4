import { expect, it } from 'vitest';
import { findUselessRows } from './run-naive-suite.ts';

/** What is wrong to the row that is about it. */
const WRONG = {
  'throws on the second config': 'serves a client from its first config to its end without a problem',
  'decides by itself': 'leaves the decisions of new users as they are without it',
  'keeps one state for all clients': 'keeps the clients it is passed to apart',
  'never ends': 'answers flush and close in time, with numbers of events',
  'has no counters after the end': 'may be asked for anything after the end',
};

it('each row of the contract suite fails on parts that have the wrong it is about', async () => {
  expect(await findUselessRows('naive-parts.ts', WRONG)).toEqual([]);
}, 180_000);
