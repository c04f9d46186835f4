/** The sink everybody writes first: each event is sent as it comes, and nobody waits for it. */
import type { EventSink } from 'sortition';
import { describeEventSink } from '../../src/contracts/index.ts';

describeEventSink('forwarding', () => {
  const uuids: string[] = [];
  const send = async (text: string) => {
    await new Promise((resolve) => setTimeout(resolve, 1));
    uuids.push(JSON.parse(text).uuid);
  };
  const sink: EventSink = {
    record: ({ config, ...event }) => void send(JSON.stringify(event)),
    flush: async () => ({ delivered: uuids.length, dropped: 0, pending: 0 }),
  };
  return { sink, arrived: () => uuids };
});
