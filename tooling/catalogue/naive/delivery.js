/** Delivery of events, naively: the collector is there, answers once, and the process lives for ever. */

const DELIVERY = 'packages/events/src/delivery.ts';
const TESTS = 'packages/events/test/delivery.test.ts';
const STORE = 'packages/events/src/node/file-event-store.ts';

/** @type {readonly import('./index.js').NaivePart[]} */
export const NAIVE_DELIVERY = [
  {
    name: 'a batch sent once and forgotten',
    ids: ['EVT-01', 'EVT-02'],
    edits: [
      {
        file: DELIVERY,
        find: '      putBack(batch);\n      if (!signal.aborted) delay(response, cause);',
        put: "      void delay;\n      onEnd(batch, 'refused');",
      },
    ],
    tests: [TESTS],
  },
  {
    name: 'a queue without a bound',
    ids: ['EVT-03'],
    edits: [
      {
        file: 'packages/events/src/batch-events.ts',
        find: '    if (!queue.hasRoom(visitor.length)) {',
        put: '    if (false) {',
      },
    ],
    tests: [TESTS],
  },
  {
    name: 'a new id with every attempt',
    ids: ['EVT-04'],
    edits: [
      {
        file: DELIVERY,
        find: '      post(batch, writeLetter(endpoint, batch), false);',
        put: '      const events = batch.events.map(({ uuid, visitor }) => ({ visitor: visitor.replace(uuid, `${Math.random()}`) }));\n      post(batch, writeLetter(endpoint, { ...batch, events }), false);',
      },
    ],
    tests: [TESTS],
  },
  {
    name: 'a store written at the end',
    ids: ['EVT-08'],
    edits: [{ file: STORE, find: '      segment.add(event);\n', put: '' }],
    tests: ['packages/events/test/node/file-event-store.test.ts'],
  },
  {
    name: 'a page that is always left in time',
    ids: ['EVT-09'],
    edits: [
      {
        file: 'packages/events/src/page-hide.ts',
        find: "    if (document.visibilityState === 'hidden') onLeave();",
        put: '',
      },
      {
        file: 'packages/events/src/page-hide.ts',
        find: '    return false; // a blocked or broken beacon is one that was not taken',
        put: "    throw new Error('the beacon');",
      },
    ],
    tests: ['packages/events/test/page-hide.test.ts'],
  },
  {
    name: 'a kept connection that is believed in',
    ids: ['EVT-10'],
    edits: [
      {
        file: 'packages/http/src/node/keep-alive-fetch.ts',
        find: '        if (stale && fresh) send(',
        put: '        if (stale && fresh && false) send(',
      },
      {
        file: DELIVERY,
        find: '      putBack(batch);\n      if (!signal.aborted) delay(response, cause);',
        put: "      void delay;\n      onEnd(batch, 'refused');",
      },
    ],
    tests: [TESTS],
  },
  {
    name: 'a custom fetch that is waited for',
    ids: ['EVT-11'],
    edits: [
      {
        file: 'packages/http/src/deadline.ts',
        find: '          timeoutMs,\n          !unref,',
        put: '          timeoutMs * 1_000,\n          !unref,',
      },
    ],
    tests: [TESTS],
  },
  {
    name: 'tags put into JSON as they are',
    ids: ['EVT-12'],
    edits: [
      {
        file: 'packages/events/src/fit-event.ts',
        find: '      return []; // a function, circular, a BigInt inside, or a method of its own that throws',
        put: '      return [{ key, value }];',
      },
    ],
    tests: ['packages/events/test/fit-event.test.ts'],
  },
];
