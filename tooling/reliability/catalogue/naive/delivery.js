/** Delivery of events, naively: the collector is there, answers once, and the process never ends. */

const REQUESTS = 'packages/http/src/delivery/requests.ts';
const FAILED_BATCH = 'packages/http/src/delivery/failed-batch.ts';
const SINK = 'packages/events/src/batch-events.ts';
const TESTS = 'packages/events/test/delivery.test.ts';
const STORE = 'packages/events/src/node/file-event-store.ts';

/** @type {readonly import('./index.js').NaivePart[]} */
export const NAIVE_DELIVERY = [
  {
    name: 'a batch sent once and forgotten',
    ids: ['EVT-01', 'EVT-02'],
    edits: [
      {
        file: FAILED_BATCH,
        find: '  aside.push(batch);\n  return undefined;\n',
        put: "  return 'refused';\n",
      },
    ],
    tests: [TESTS],
  },
  {
    name: 'a queue without a bound',
    ids: ['EVT-03'],
    edits: [
      {
        file: SINK,
        find: '    const hasRoom = lane.count < maxQueueSize && lane.bytes + visitor.length <= maxQueueBytes;',
        put: '    const hasRoom = true;\n    void maxQueueSize;\n    void maxQueueBytes;',
      },
    ],
    tests: [TESTS],
  },
  {
    name: 'a new id with every attempt',
    ids: ['EVT-04'],
    edits: [
      {
        file: SINK,
        find: '      const { log, body } = writeBatch(endpoint, context, items);',
        put: '      const again = items.map(({ uuid, text }) => ({ text: text.replace(uuid, `${Math.random()}`) }));\n      const { log, body } = writeBatch(endpoint, context, again);',
      },
    ],
    tests: [TESTS],
  },
  {
    name: 'a store written at the end',
    ids: ['EVT-08'],
    edits: [{ file: STORE, find: '      placeOf.set(event.uuid, segment.add(event));\n', put: '' }],
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
        find: '    return false; // a blocked or broken beacon counts as refused',
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
        find: 'else if (mayRepeat && !signal?.aborted && wasReused(error))',
        put: 'else if (mayRepeat && !signal?.aborted && wasReused(error) && !error)',
      },
      {
        file: FAILED_BATCH,
        find: '  aside.push(batch);\n  return undefined;\n',
        put: "  return 'refused';\n",
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
        find: ', timeoutMs, !unref),',
        put: ', timeoutMs * 1_000, !unref),',
      },
      { file: REQUESTS, find: 'const STALLED_MS = 5_000;', put: 'const STALLED_MS = 5_000_000;' },
    ],
    tests: [TESTS],
  },
  {
    name: 'tags put into JSON as they are',
    ids: ['EVT-12'],
    edits: [
      {
        file: 'packages/events/src/fit-event.ts',
        find: '      return []; // circular, with a BigInt inside, or with a `toJSON` that throws',
        put: '      return [`${writeJson(key)}:{}`];',
      },
    ],
    tests: ['packages/events/test/fit-event.test.ts'],
  },
  {
    name: 'batches that never grow',
    ids: ['EVT-15'],
    edits: [
      {
        file: 'packages/http/src/delivery/batch-size.ts',
        find: '      if (items >= size && !whole) size = Math.min(Math.max(size * 2, wanted), top);\n',
        put: '',
      },
    ],
    tests: [TESTS],
  },
  {
    name: 'failures that are always those of the collector',
    ids: ['EVT-16', 'EVT-17'],
    edits: [
      {
        file: FAILED_BATCH,
        find: '  if (items.length === 1) {',
        put: '  if (items.length > 0) {',
      },
    ],
    tests: [TESTS],
  },
  {
    name: 'a refusal that is final',
    ids: ['EVT-18'],
    edits: [
      {
        file: FAILED_BATCH,
        find: "if (isRefused && ageMs >= REFUSED_MS) return 'refused';",
        put: "if (isRefused) return 'refused';",
      },
    ],
    tests: [TESTS],
  },
  {
    name: 'a store whose answers are believed',
    ids: ['EVT-19'],
    edits: [
      {
        file: 'packages/events/src/event-store.ts',
        find: ' && JSON.stringify(context) !== undefined;',
        put: ';',
      },
    ],
    tests: ['packages/events/test/kept-events.test.ts'],
  },
  {
    name: 'options that are only read',
    ids: ['EVT-20'],
    edits: [
      {
        file: SINK,
        find: "      if (settings.unknown) hosts.problemOnce('unknown-option', settings.unknown);\n",
        put: '',
      },
    ],
    tests: ['packages/events/test/batch-events.test.ts'],
  },
  {
    name: 'one controller for all requests of a lane',
    ids: ['EVT-21'],
    edits: [
      {
        file: REQUESTS,
        find: '  let isStopped = false;\n',
        put: '  let isStopped = false;\n  new AbortController();\n',
      },
    ],
    tests: ['packages/events/test/batch-events.test.ts'],
  },
  {
    name: 'a store that is read by the next process only',
    ids: ['EVT-22'],
    edits: [
      {
        file: 'packages/events/src/kept-events.ts',
        find: '        if (!store.readBack) return false;\n',
        put: '        if (store) return false;\n',
      },
    ],
    tests: ['packages/events/test/kept-events.test.ts'],
  },
  {
    name: 'a directory that is trusted',
    ids: ['EVT-23'],
    edits: [
      {
        file: 'packages/events/src/node/private-files.ts',
        find: '  if ((found.mode & 0o022) !== 0) throw',
        put: '  if (found.mode < 0) throw',
      },
    ],
    tests: ['packages/events/test/node/file-event-store.test.ts'],
  },
  {
    name: 'a clock that is believed',
    ids: ['EVT-24'],
    edits: [{ file: 'packages/events/src/event-age.ts', find: 'storedAt < EARLIEST ?', put: 'storedAt < 0 ?' }],
    tests: ['packages/events/test/node/file-event-store.test.ts'],
  },
  {
    name: 'waits that double whatever the outage',
    ids: ['EVT-25'],
    edits: [
      {
        file: 'packages/http/src/delivery/outage.ts',
        find: '  const capMs = Math.min(BACKOFF.capMs, Math.max(BACKOFF.baseMs, silentMs / 4));',
        put: '  const { capMs } = BACKOFF;',
      },
    ],
    tests: [TESTS],
  },
  {
    name: 'two small requests at a time',
    ids: ['EVT-26'],
    edits: [
      { file: REQUESTS, find: 'const MAX_IN_FLIGHT = 8;', put: 'const MAX_IN_FLIGHT = 2;' },
      { file: 'packages/http/src/delivery/batch-size.ts', find: 'const GROWTH = 100;', put: 'const GROWTH = 1;' },
    ],
    tests: ['tooling/reliability/load/test/load.test.ts'],
  },
  {
    name: 'one bound for everything that is told once',
    ids: ['LIFE-08'],
    edits: [
      {
        file: 'packages/client/src/problem-reporter.ts',
        find: '    const { subjects, line } = kind;\n',
        put: "    const { line } = kind;\n    const { subjects } = kinds.get('first') ?? kind;\n    kinds.set('first', { count: 0, line: '', subjects });\n",
      },
    ],
    tests: ['packages/sortition/test/unknown-names.test.ts'],
  },
  {
    name: 'deadlines whose timers keep nothing alive',
    ids: ['LIFE-09'],
    edits: [
      {
        file: 'packages/http/src/deadline.ts',
        find: ', timeoutMs, !unref),',
        put: ', timeoutMs, Boolean(unref && false)),',
      },
    ],
    tests: ['tooling/reliability/fuzz/test/hanging-parts.test.ts'],
  },
  {
    name: 'all attributes copied with each',
    ids: ['SEC-06'],
    edits: [
      {
        file: 'packages/client/src/lean-user-context.ts',
        find: '    if (Object(value) === value) this.#settle();',
        put: '    this.#settle();',
      },
    ],
    tests: ['packages/sortition/test/decide.test.ts'],
  },
  {
    name: 'rule ids that are folders',
    ids: ['SEC-09'],
    edits: [
      {
        file: 'packages/cmab/src/prediction-request.ts',
        find: "  if (ruleId === '.' || ruleId === '..') throw unusableRuleId(ruleId);\n",
        put: '  void unusableRuleId;\n',
      },
    ],
    tests: ['packages/cmab/test/cmab-source.test.ts'],
  },
];
