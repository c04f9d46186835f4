/** Segments, variants and the lab, naively: services answer as documented, and once per question. */

const READER = 'packages/odp/src/segment-reader.ts';
const ANSWER = 'packages/odp/src/segment-answer.ts';
const STAMPEDE = 'packages/odp/test/segment-stampede.test.ts';
const REMOTE = 'packages/remote/src/remote-client.ts';
const REMOTE_TESTS = 'packages/remote/test/faults.test.ts';

/** @type {readonly import('./index.js').NaivePart[]} */
export const NAIVE_SERVICES = [
  {
    name: 'errors of the platform taken for no segments',
    ids: ['ODP-01', 'ODP-02'],
    edits: [
      {
        file: ANSWER,
        find: '    if (errors.length > 0) throw platformError(errors[0]);',
        put: '    if (errors.length > 0) return [];',
      },
      {
        file: ANSWER,
        find: "  if (!Array.isArray(edges)) throw decodeError('there are no edges');",
        put: '  if (!Array.isArray(edges)) return [];',
      },
    ],
    tests: ['packages/odp/test/segment-answers.test.ts'],
  },
  {
    name: 'a query built from the user id',
    ids: ['ODP-04', 'SEC-04'],
    edits: [
      {
        file: 'packages/odp/src/segment-query.ts',
        find: 'runGraphql(QUERY_BY_KIND[identifierKind(userId)], variables, send);',
        put: 'runGraphql(QUERY_BY_KIND[identifierKind(userId)].replace(\': $userId\', `: "${userId}"`), variables, send);',
      },
    ],
    tests: ['packages/odp/test/hostile-user-ids.test.ts'],
  },
  {
    name: 'one list for all callers',
    ids: ['ODP-06'],
    edits: [
      {
        file: 'packages/odp/src/odp.ts',
        find: '      return Object.freeze([...segments]);',
        put: '      return segments;',
      },
    ],
    tests: [STAMPEDE],
  },
  {
    name: 'answers remembered whenever they come',
    ids: ['ODP-07'],
    edits: [
      {
        file: READER,
        find: 'if (!ignore && flight.generation === generation) background',
        put: 'if (!ignore) background',
      },
    ],
    tests: [STAMPEDE],
  },
  {
    name: 'a request per caller',
    ids: ['ODP-08'],
    edits: [{ file: READER, find: '    flights.set(flightKey, flight);', put: '' }],
    tests: [STAMPEDE],
  },
  {
    name: 'a segment cache that is trusted',
    ids: ['ODP-09'],
    edits: [
      {
        file: 'packages/odp/src/guarded-segment-cache.ts',
        find: '      failing = true;\n      return undefined;',
        put: '      failing = true;\n      throw cause;',
      },
    ],
    tests: ['packages/odp/test/custom-segment-cache.test.ts'],
  },
  {
    name: 'one queue of ODP events for all settings',
    ids: ['ODP-10'],
    edits: [
      {
        file: 'packages/odp/src/odp-events.ts',
        find: '    lane = next && createLane();',
        put: '    lane ??= next && createLane();',
      },
    ],
    tests: ['packages/odp/test/odp-events.test.ts'],
  },
  {
    name: 'every failed fetch of variants tried again',
    ids: ['REV-01'],
    edits: [
      {
        file: REMOTE,
        find: "  return (status < 400 || status >= 500 || status === 429) && !hasCode(error, 'aborted');",
        put: '  void status;\n  return true;',
      },
    ],
    tests: [REMOTE_TESTS],
  },
  {
    name: 'users in a header, whatever their size',
    ids: ['REV-04'],
    edits: [
      {
        file: 'packages/remote/src/remote-request.ts',
        find: 'const MAX_HEADER_LENGTH = 8_000;',
        put: 'const MAX_HEADER_LENGTH = 8_000_000;',
      },
    ],
    tests: [REMOTE_TESTS],
  },
  {
    name: 'variants taken as they come',
    ids: ['REV-05'],
    edits: [
      {
        file: 'packages/remote/src/remote-variants.ts',
        find: '    if (isVariant(variant)) completeVariant(variant);',
        put: '    if (variant) completeVariant(variant as never);',
      },
    ],
    tests: [REMOTE_TESTS],
  },
  {
    name: 'the answer that came last kept',
    ids: ['REV-06'],
    edits: [
      {
        file: 'packages/remote/src/cached-remote-client.ts',
        find: 'if (!closed && fetchNumber > (entries?.peek(key)?.fetchNumber ?? 0)) {',
        put: 'if (!closed) {',
      },
    ],
    tests: ['packages/remote/test/cached-remote-client.test.ts'],
  },
  {
    name: 'backoff without jitter',
    ids: ['REV-07'],
    edits: [
      {
        file: 'packages/http/src/retry.ts',
        find: '  return leastMs + random() *',
        put: '  void random;\n  return leastMs + 1 *',
      },
    ],
    tests: [REMOTE_TESTS],
  },
  {
    name: 'values of variants turned into text as they come',
    ids: ['REV-09'],
    edits: [
      {
        file: 'packages/remote/src/remote-variants.ts',
        find: 'depth < MAX_VALUE_DEPTH && level.length > 0',
        put: 'depth < 0 * MAX_VALUE_DEPTH',
      },
      {
        file: 'packages/remote/src/remote-variants.ts',
        find: '  return level.length > 0;',
        put: '  return level.length > 1;',
      },
    ],
    tests: [REMOTE_TESTS],
  },
  {
    name: 'callbacks that are called and forgotten',
    ids: ['REV-10'],
    edits: [
      {
        file: 'packages/remote/src/fetch-async.ts',
        find: 'callPart<unknown>(() => waitUntil?.(work), onFailure);',
        put: 'waitUntil?.(work);',
      },
    ],
    tests: [REMOTE_TESTS],
  },
  {
    name: 'a config that is an object',
    ids: ['REV-11'],
    edits: [
      {
        file: 'packages/remote/src/remote-config.ts',
        find: "  checkOptionsObject(OWNER, config, '{ fetchTimeoutMillis: 500 }');",
        put: '  void checkOptionsObject;',
      },
    ],
    tests: [REMOTE_TESTS],
  },
  {
    name: 'a listener per fetch on one signal',
    ids: ['REV-12'],
    edits: [
      {
        file: 'packages/http/src/abort.ts',
        find: 'sharedOf.get(signal) ?? share(signal)',
        put: 'share(signal)',
      },
    ],
    tests: [REMOTE_TESTS],
  },
  {
    name: 'cache keys of any kind',
    ids: ['REV-13'],
    edits: [
      {
        file: 'packages/remote/src/cached-remote-client.ts',
        find: "    if (typeof key === 'string') return key;",
        put: '    if (key !== undefined) return String(key);',
      },
    ],
    tests: ['packages/remote/test/cached-remote-client.test.ts'],
  },
  {
    name: 'deployment keys of any text',
    ids: ['REV-08'],
    edits: [
      {
        file: 'packages/remote/src/remote-config.ts',
        find: "  if (typeof deploymentKey !== 'string' || !/^[!-~]{1,512}$/.test(deploymentKey)) {",
        put: '  if (false) {',
      },
    ],
    tests: [REMOTE_TESTS],
  },
  {
    name: 'a lab for everybody',
    ids: ['LAB-01'],
    edits: [
      {
        file: 'packages/emulator/src/request-guards.ts',
        find: '    if (!allowed.has(host)) return',
        put: '    if (false) return',
      },
    ],
    tests: ['packages/emulator/test/lab-server.test.ts'],
  },
  {
    name: 'a database that waits for its readers',
    ids: ['LAB-03'],
    edits: [
      {
        file: 'apps/lab/src/server/event-database.ts',
        find: 'for (const reader of readers) reader.interrupt();',
        put: '',
      },
    ],
    tests: ['apps/lab/test/server/shutdown.test.ts'],
  },
  {
    name: 'a collector that keeps text instead of bytes',
    ids: ['LAB-02'],
    edits: [
      {
        file: 'packages/emulator/src/event-collector.ts',
        find: 'receivedAt: Date.now(), raw, events',
        put: 'receivedAt: Date.now(), raw: new TextEncoder().encode(text), events',
      },
    ],
    tests: ['packages/emulator/test/event-collector.test.ts'],
  },
  {
    name: 'keys of a datafile compared one with all the others',
    ids: ['SEC-06'],
    edits: [
      {
        file: 'packages/datafile/src/datafile-index.ts',
        find: '    addTo(attributes, key,',
        put: "    readSection(datafile, 'attributes', problems).filter((other) => other.key === key) && addTo(attributes, key,",
      },
    ],
    tests: ['tooling/reliability/fuzz/test/growth.test.ts'],
  },
  {
    name: 'decisions put into a page as JSON writes them',
    ids: ['SEC-10'],
    edits: [
      {
        file: 'packages/react/src/server/format-snapshot.ts',
        find: "  '<': '\\\\u003c',\n",
        put: '',
      },
    ],
    tests: ['packages/react/test/server.test.tsx'],
  },
];
