/** The decision server, naively: callers mean well, know their tokens, and send small things quickly. */

const SERVER = 'packages/server/src/decision-server.ts';
const BODY = 'packages/server/src/guards/json-body.ts';
const START = 'packages/server/src/node/start.ts';
const GUARD_TESTS = ['packages/server/test/guards.test.ts'];
const OFREP_TESTS = ['packages/server/test/ofrep.test.ts'];
const AGENT_TESTS = ['packages/server/test/agent.test.ts'];
const NODE_TESTS = ['packages/server/test/node.test.ts'];

/** @type {readonly import('./index.js').NaivePart[]} */
export const NAIVE_SERVER = [
  {
    name: 'tokens compared as texts are',
    ids: ['SRV-01'],
    edits: [
      {
        file: 'packages/server/src/guards/constant-time.ts',
        find: '  let difference = expected.length ^ given.length;',
        put: '  if (expected !== given) return false;\n  let difference = expected.length ^ given.length;',
      },
    ],
    tests: GUARD_TESTS,
  },
  {
    name: 'hosts that end as an allowed one does',
    ids: ['SRV-02'],
    edits: [
      {
        file: 'packages/server/src/guards/allowed-hosts.ts',
        find: 'host !== null && allowed.has(withoutPort(host.toLowerCase()))',
        put: 'host !== null && allowedHosts.some((known) => withoutPort(host.toLowerCase()).endsWith(known))',
      },
    ],
    tests: GUARD_TESTS,
  },
  {
    name: 'bodies as long as they say they are',
    ids: ['SRV-03'],
    edits: [{ file: BODY, find: '    if (bytes > maxBodyBytes) throw tooLarge(maxBodyBytes);', put: '' }],
    tests: GUARD_TESTS,
  },
  {
    name: 'batches of any length',
    ids: ['SRV-04'],
    edits: [
      {
        file: 'packages/server/src/agent/batch.ts',
        find: '  if (operations.length > run.maxBatch) {',
        put: '  if (operations.length > 1e9) {',
      },
    ],
    tests: AGENT_TESTS,
  },
  {
    name: 'as many requests at a time as come',
    ids: ['SRV-05'],
    edits: [
      {
        file: 'packages/server/src/guards/requests-under-way.ts',
        find: 'if (running >= max) return',
        put: 'if (false) return',
      },
    ],
    tests: [...OFREP_TESTS, 'packages/server/test/request-listener.test.ts'],
  },
  {
    name: 'bodies waited for',
    ids: ['SRV-06'],
    edits: [{ file: BODY, find: '  if (timeoutMs === 0) return work;', put: '  return work;' }],
    tests: OFREP_TESTS,
  },
  {
    name: 'a stop that hangs up',
    ids: ['SRV-07'],
    edits: [{ file: START, find: '    http.closeIdleConnections();', put: '    http.closeAllConnections();' }],
    tests: NODE_TESTS,
  },
  {
    name: 'one kind of token',
    ids: ['SRV-08'],
    edits: [{ file: SERVER, find: "if (scope === 'read' && path", put: "if (scope === 'none' && path" }],
    tests: OFREP_TESTS,
  },
  {
    name: 'requests logged as they came',
    ids: ['SRV-09'],
    edits: [
      {
        file: SERVER,
        find: 'app.onError((error, context) => toResponse(',
        put: "app.onError((error, context) => logger?.error({}, `${context.req.url} ${context.req.header('authorization')}`) ?? toResponse(",
      },
    ],
    tests: GUARD_TESTS,
  },
  {
    name: 'streams that wait for their readers',
    ids: ['SRV-10'],
    edits: [
      {
        file: 'packages/server/src/streams/server-sent-events.ts',
        find: '                if ((controller.desiredSize ?? 0) <= 0) stream.end();',
        put: '',
      },
    ],
    tests: GUARD_TESTS,
  },
  {
    name: 'requests that are what they should be',
    ids: ['SRV-11'],
    edits: [
      {
        file: 'packages/server/src/agent/user-request.ts',
        find: "  if (typeof value !== 'object' || Array.isArray(value)) throw",
        put: '  if (false) throw',
      },
      {
        file: 'packages/server/src/agent/user-request.ts',
        find: "  if (typeof value !== 'string') throw",
        put: '  if (false) throw',
      },
    ],
    tests: ['tooling/reliability/fuzz/test/http.test.ts'],
  },
  {
    name: 'a tag of the answer alone',
    ids: ['SRV-12'],
    edits: [
      {
        file: 'packages/server/src/ofrep/entity-tag.ts',
        find: 'JSON.stringify(context)',
        put: "''",
      },
    ],
    tests: OFREP_TESTS,
  },
  {
    name: 'addresses of streams taken as they are',
    ids: ['SRV-13'],
    edits: [
      {
        file: 'packages/server/src/ofrep/change-stream.ts',
        find: 'return isSigned && Number(expires)',
        put: 'return Number(expires)',
      },
    ],
    tests: OFREP_TESTS,
  },
  {
    name: 'notifications that say whom they are about',
    ids: ['SRV-14'],
    edits: [
      {
        file: 'packages/server/src/agent/notifications.ts',
        find: "    if (users === 'full') {",
        put: '    if (users) {',
      },
    ],
    tests: AGENT_TESTS,
  },
];
