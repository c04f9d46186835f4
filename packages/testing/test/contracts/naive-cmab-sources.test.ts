import { expect, it } from 'vitest';
import { findUselessRows } from './run-naive-suite.ts';

/** What is wrong to the row that is about it. */
const WRONG = {
  'uses one id for all': 'resolves what the service predicts, under an id of its own',
  'remembers users and rules joined by a dash': 'keeps users and rules apart, whatever their ids look like',
  'remembers by user and rule alone': 'asks with the attributes of the moment',
  'takes attributes for texts': 'asks with the attributes of the moment',
  'always uses what it remembers': 'asks anew where it must not use what it remembers',
  'ignores what it remembers by forgetting it': 'leaves what it remembers alone when it is to ignore that',
  'joins callers under the signal of the first': 'answers many who ask at once, also when the first of them gives up',
  'waits for whoever gave up': 'rejects when its caller has given up or does',
  'has an answer of its own when the service has none':
    'rejects with an SdkError when the service fails, and remembers no failure',
  'rejects with errors of its own': 'rejects with an SdkError when the service fails, and remembers no failure',
  'remembers that it failed': 'rejects with an SdkError when the service fails, and remembers no failure',
  'goes on when closed': 'ends what is under way when it is closed, which it may be twice and at once',
  'can be closed once': 'ends what is under way when it is closed, which it may be twice and at once',
  'asks without attributes': 'serves a client',
};

it('each row of the contract suite fails on sources of predictions that have the wrong it is about', async () => {
  expect(await findUselessRows('naive-cmab-sources.ts', WRONG)).toEqual([]);
}, 180_000);
