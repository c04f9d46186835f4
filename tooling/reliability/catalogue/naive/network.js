/** HTTP, naively: every platform has everything, and nothing stands between a client and a server. */

const REQUEST_ONCE = 'packages/http/src/request-once.ts';
const ENDPOINT = 'packages/http/src/endpoint.ts';
const REQUEST_TESTS = 'packages/http/test/request.test.ts';
const ENDPOINT_TESTS = 'packages/http/test/endpoint.test.ts';

/** @type {readonly import('./index.js').NaivePart[]} */
export const NAIVE_NETWORK = [
  {
    name: 'URLs left to the platform',
    ids: ['NET-01'],
    edits: [
      {
        file: 'packages/http/src/url.ts',
        find: '  const parts = PLAIN_URL.exec(url);',
        put: '  const parts = new URL(url).username ? null : PLAIN_URL.exec(new URL(url).href);',
      },
    ],
    tests: [ENDPOINT_TESTS],
  },
  {
    name: 'bytes left to TextDecoder',
    ids: ['NET-02'],
    edits: [
      {
        file: 'packages/http/src/text.ts',
        find: "typeof TextDecoder === 'undefined'",
        put: "typeof TextDecoder === 'nothing'",
      },
    ],
    tests: ['packages/http/test/text.test.ts'],
  },
  {
    name: 'requests that say nothing of caches',
    ids: ['NET-03'],
    edits: [{ file: REQUEST_ONCE, find: "? undefined : 'no-store';", put: '? undefined : undefined;' }],
    tests: [REQUEST_TESTS],
  },
  {
    name: 'a listener per request on one signal',
    ids: ['NET-04'],
    edits: [
      {
        file: 'packages/http/src/abort.ts',
        find: 'sharedOf.get(signal) ?? share(signal)',
        put: 'share(signal)',
      },
    ],
    tests: ['packages/http/test/abort.test.ts'],
  },
  {
    name: 'deadlines that let the process end',
    ids: ['NET-05'],
    edits: [{ file: 'packages/http/src/deadline.ts', find: ', !unref),', put: ', Boolean(unref && false)),' }],
    tests: ['packages/http/test/abort.test.ts'],
  },
  {
    name: 'failures told in one sentence',
    ids: ['NET-06'],
    edits: [
      {
        file: REQUEST_ONCE,
        find: 'maskError(innermostCause(error), secrets)',
        put: 'maskError(innermostCause(null) ?? error, secrets)',
      },
    ],
    tests: [REQUEST_TESTS],
  },
  {
    name: 'insecure hosts by the end of their names',
    ids: ['NET-07'],
    edits: [
      {
        file: ENDPOINT,
        find: 'hostname.endsWith(`.${name}`) : hostname === name',
        put: 'hostname.endsWith(`${name}`) : hostname === name',
      },
    ],
    tests: [ENDPOINT_TESTS],
  },
  {
    name: 'bodies dropped with their connection',
    ids: ['NET-08'],
    edits: [
      {
        file: 'packages/http/src/release-body.ts',
        find: '    const reader = response.body?.getReader();\n    if (!reader) return;',
        put: '    const reader = response.body?.getReader();\n    reader?.cancel().catch(() => undefined);\n    if (!reader || reader) return;',
      },
    ],
    tests: [REQUEST_TESTS],
  },
  {
    name: 'every name below localhost taken for this machine',
    ids: ['NET-09'],
    edits: [{ file: ENDPOINT, find: '/^(localhost|', put: '/^(localhost\\.?|.+\\.localhost|' }],
    tests: [ENDPOINT_TESTS],
  },
  {
    name: 'an answer that is waited for after another protocol',
    ids: ['NET-10'],
    edits: [
      {
        file: 'packages/http/src/node/keep-alive-fetch.ts',
        find: 'if (status === 101) abort',
        put: 'if (status === 999) abort',
      },
    ],
    tests: ['packages/http/test/node/kept-connections.test.ts'],
  },
  {
    name: 'waits from zero',
    ids: ['NET-11'],
    edits: [
      {
        file: 'packages/http/src/retry.ts',
        find: '  return leastMs + random() *',
        put: '  return 0 * leastMs + random() *',
      },
    ],
    tests: ['packages/http/test/retry.test.ts'],
  },
];
