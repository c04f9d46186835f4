import { expect, it } from 'vitest';
import { failedOf, runNaiveSuite } from './run-naive-suite.ts';

it('the contract suite fails on a sink that sends each event as it comes and waits for none', async () => {
  const results = await runNaiveSuite('naive-event-sink.ts');
  expect(Object.keys(results)).toHaveLength(8);
  expect(failedOf(results)).toEqual([
    'forwarding as an event sink > accounts for every event',
    'forwarding as an event sink > passes every event on under its own id, once flushed',
    'forwarding as an event sink > sends what it has when it is closed',
    'forwarding as an event sink > serves several clients',
    'forwarding as an event sink > takes tags that are no JSON, and passes the event on',
    'forwarding as an event sink > takes texts of every kind',
  ]);
}, 60_000);
