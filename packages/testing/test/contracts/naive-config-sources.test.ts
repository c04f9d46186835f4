import { expect, it } from 'vitest';
import { findUselessRows } from './run-naive-suite.ts';

/** What is wrong to the row that is about it. */
const WRONG = {
  'throws while it has none': 'answers a config or null at any time',
  'fetches nothing unless refreshed': 'makes a client ready, which has its config',
  'stops when somebody leaves': 'serves several clients until the last of them is closed',
  'tells before it has': 'has a config at hand when it tells of it',
  'never lets go': 'tells each listener of every config, until it leaves, which it may do twice',
  'keeps listeners in a list': 'lets a listener leave while it is told',
  'lets a listener fail it': 'is not harmed by a listener that throws, nor are the others',
  'takes every refresh for news': 'resolves whether a refresh brought a newer config',
  'rejects a refresh that brought nothing': 'never rejects a refresh, and keeps its config, when none can be had',
  'has no config when none can be had': 'never rejects a refresh, and keeps its config, when none can be had',
  'waits for whoever gave up': 'ends a refresh when its caller gives up',
  'can be closed once': 'may be closed twice and at once, and keeps its config',
  'goes on when closed': 'ends what is under way when it is closed, and tells nothing after that',
  'floats work that rejects': 'takes note of its use, and hands over no work that rejects',
};

it('each row of the contract suite fails on config sources that have the wrong it is about', async () => {
  expect(await findUselessRows('naive-config-sources.ts', WRONG)).toEqual([]);
}, 180_000);
