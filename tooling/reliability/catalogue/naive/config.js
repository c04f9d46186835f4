/** Fetching the datafile, naively: the endpoint is up, answers at once, and says what it should. */

const POLLING = 'packages/datafile/src/polling-config.ts';
const POLLING_TESTS = 'packages/datafile/test/polling-config.test.ts';

/** @type {readonly import('./index.js').NaivePart[]} */
export const NAIVE_CONFIG = [
  {
    name: 'ready without a deadline of its own',
    ids: ['CFG-01'],
    edits: [
      {
        file: 'packages/client/src/deadline.ts',
        find: 'return limitTime({ what, timeoutMs, signal }',
        put: 'return limitTime({ what, timeoutMs: timeoutMs * 1_000, signal }',
      },
    ],
    tests: ['packages/sortition/test/delivery.test.ts'],
  },
  {
    name: 'validators kept before the document is accepted',
    ids: ['CFG-02'],
    edits: [
      {
        file: POLLING,
        find: '      const isNew = fetched !== null &&',
        put: '      if (fetched && installed) installed = { ...fetched, ...installed, etag: fetched.etag, lastModified: fetched.lastModified };\n      const isNew = fetched !== null &&',
      },
    ],
    tests: [POLLING_TESTS],
  },
  {
    name: 'a transport that takes what came for the whole',
    ids: ['CFG-03'],
    edits: [
      {
        file: 'packages/http/src/response.ts',
        find: 'await reader.read();',
        put: 'await reader.read().catch(() => ({ done: true as const, value: undefined }));',
      },
      {
        file: 'packages/datafile/src/parse-in-turns.ts',
        find: 'const document = readJsonObject(text);',
        put: "const document = readJsonObject(text.endsWith('}') ? text : { version: '4' });",
      },
    ],
    tests: [POLLING_TESTS],
  },
  {
    name: 'a datafile request without a deadline',
    ids: ['CFG-04'],
    edits: [
      {
        file: 'packages/http/src/deadline.ts',
        find: ', timeoutMs, !unref),',
        put: ', timeoutMs * 1_000, !unref),',
      },
    ],
    tests: ['packages/datafile/test/polling-config.test.ts'],
  },
  {
    name: 'a fetch of variants without a deadline',
    ids: ['REV-02'],
    edits: [
      {
        file: 'packages/http/src/deadline.ts',
        find: ', timeoutMs, !unref),',
        put: ', timeoutMs * 1_000, !unref),',
      },
    ],
    tests: ['packages/remote/test/faults.test.ts'],
  },
  {
    name: 'a fetch of variants that takes what came for the whole',
    ids: ['REV-03'],
    edits: [
      {
        file: 'packages/http/src/response.ts',
        find: 'await reader.read();',
        put: 'await reader.read().catch(() => ({ done: true as const, value: undefined }));',
      },
    ],
    tests: ['packages/remote/test/faults.test.ts'],
  },
  {
    name: 'a segment request without a deadline',
    ids: ['ODP-03'],
    edits: [
      {
        file: 'packages/http/src/deadline.ts',
        find: ', timeoutMs, !unref),',
        put: ', timeoutMs * 1_000, !unref),',
      },
    ],
    tests: ['packages/odp/test/segment-answers.test.ts'],
  },
  {
    name: 'a transport that reads bodies of any size',
    ids: ['CFG-05'],
    edits: [{ file: 'packages/http/src/response.ts', find: 'while (length <= maxBytes) {', put: 'for (;;) {' }],
    tests: [POLLING_TESTS],
  },
  {
    name: 'a poller that installs any JSON',
    ids: ['CFG-06', 'CFG-10'],
    edits: [
      {
        file: 'packages/datafile/src/parse-document.ts',
        find: '  if (VERSIONS.has(version)) return;',
        put: '  return;',
      },
      {
        file: 'packages/datafile/src/read-json.ts',
        find: '  if (!isJsonObject(value)) throw',
        put: "  if (!isJsonObject(value)) return { version: '4' };\n  if (false) throw",
      },
      { file: POLLING, find: '    if (isReused) {', put: '    if (false) {' },
    ],
    tests: [POLLING_TESTS],
  },
  {
    name: 'a poller that comes back at once and gives up on a denial',
    ids: ['CFG-07'],
    edits: [
      {
        file: 'packages/datafile/src/poll-schedule.ts',
        find: 'return { delayMs: Math.max(delayMs, LEAST_BACKOFF_MS), isNews };',
        put: 'return { delayMs: Math.min(delayMs, 0), isNews };',
      },
    ],
    tests: ['packages/datafile/test/poll-schedule.test.ts'],
  },
  {
    name: 'a transport that follows any redirect',
    ids: ['CFG-08'],
    edits: [
      {
        file: 'packages/http/src/request.ts',
        find: 'return target.origin === origin ? target : undefined;',
        put: 'return target;',
      },
    ],
    tests: [POLLING_TESTS],
  },
  {
    name: 'a cache of segments on the wall clock',
    ids: ['ODP-05'],
    edits: [
      {
        file: 'packages/http/src/clock.ts',
        find: '(globalThis.performance ?? Date)',
        put: 'Date',
      },
    ],
    tests: ['packages/odp/test/memory-segment-cache.test.ts'],
  },
  {
    name: 'a poller that looks at the wall clock',
    ids: ['CFG-09'],
    edits: [
      {
        file: POLLING,
        find: '    if (isNextPlanned()) cancelTimer = startTimer(startFlight, dueAt - monotonicNow());',
        put: '    if (!running) return;\n    const due = Date.now() + dueAt - monotonicNow();\n    const clock = setInterval(() => Date.now() >= due && startFlight(), 1_000);\n    cancelTimer = () => clearInterval(clock);',
      },
    ],
    tests: ['packages/datafile/test/polling-time.test.ts'],
  },
  {
    name: 'a cache that is trusted and waited for',
    ids: ['CFG-11'],
    edits: [
      {
        file: 'packages/datafile/src/datafile-cache.ts',
        find: '  return limitTime({ timeoutMs: TIMEOUT_MS, what, unref: true }, work);',
        put: '  return work();',
      },
      {
        file: 'packages/datafile/src/datafile-cache.ts',
        find: 'await limitTime(headStart, () => reading).catch(() => undefined);',
        put: 'await reading;',
      },
    ],
    tests: ['packages/datafile/test/datafile-cache.test.ts'],
  },
  {
    name: 'a poll per request, and any interval',
    ids: ['CFG-12'],
    edits: [
      { file: POLLING, find: '    if (joined !== null) return joined.done;', put: '' },
      {
        file: 'packages/core/src/options.ts',
        find: "typeof value === 'number' && isWithin(value, min, max);",
        put: "typeof value === 'number';",
      },
    ],
    tests: ['packages/datafile/test/polling-options.test.ts', 'packages/datafile/test/polling-time.test.ts'],
  },
  {
    name: 'an interval without jitter',
    ids: ['CFG-13'],
    edits: [{ file: 'packages/datafile/src/poll-schedule.ts', find: 'ms * (0.9 + 0.2 * random())', put: 'ms' }],
    tests: ['packages/datafile/test/poll-schedule.test.ts'],
  },
  {
    name: 'an SDK key put into the URL as it is',
    ids: ['CFG-14'],
    edits: [
      {
        file: 'packages/datafile/src/datafile-endpoint.ts',
        find: "typeof sdkKey === 'string' && (isHosted ? HOSTED_KEY : CUSTOM_KEY).test(sdkKey)",
        put: 'HOSTED_KEY && CUSTOM_KEY && sdkKey',
      },
      {
        file: 'packages/datafile/src/datafile-endpoint.ts',
        find: 'return encodeURIComponent(sdkKey);',
        put: 'return String(sdkKey);',
      },
    ],
    tests: ['packages/datafile/test/polling-options.test.ts'],
  },
  {
    name: 'a stream whose every end is a failure',
    ids: ['CFG-15'],
    edits: [
      {
        file: 'packages/datafile/src/stream/version-stream.ts',
        find: 'monotonicNow() - openedAt >= HEALTHY_MS',
        put: 'monotonicNow() - openedAt >= 1_000 * IDLE_MS',
      },
    ],
    tests: ['packages/datafile/test/stream/version-stream.test.ts'],
  },
  {
    name: 'options that do not exist passed over',
    ids: ['CFG-16'],
    edits: [{ file: POLLING, find: '  if (settings.unknown) report', put: '  if (false) report' }],
    tests: ['packages/datafile/test/polling-options.test.ts'],
  },
  {
    name: 'a cache directory of any owner, and files of any kind',
    ids: ['CFG-17'],
    edits: [
      {
        file: 'packages/datafile/src/node/file-cache.ts',
        find: 'const OTHERS_MAY_WRITE = 0o022;',
        put: 'const OTHERS_MAY_WRITE = 0;',
      },
      {
        file: 'packages/datafile/src/node/file-cache.ts',
        find: 'const SAFELY = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);',
        put: 'const SAFELY = 0;',
      },
    ],
    tests: ['packages/datafile/test/node/file-cache.test.ts'],
  },
  {
    name: 'endpoints of any scheme',
    ids: ['SEC-07'],
    edits: [
      {
        file: 'packages/http/src/endpoint.ts',
        find: "    endpoint.protocol === 'https:' ||",
        put: "    endpoint.protocol === 'http:' || endpoint.protocol === 'https:' ||",
      },
    ],
    tests: ['packages/http/test/endpoint.test.ts'],
  },
  {
    name: 'a transport that takes any certificate',
    ids: ['SEC-08'],
    edits: [
      {
        file: 'packages/http/src/node/connector.ts',
        find: 'buildConnector({ timeout: 0,',
        put: 'buildConnector({ timeout: 0, rejectUnauthorized: false,',
      },
    ],
    tests: ['packages/http/test/node/kept-connections.test.ts'],
  },
  {
    name: 'a transport for any address',
    ids: ['SEC-01'],
    edits: [
      {
        file: 'packages/http/src/node/public-address.ts',
        find: 'if (addresses.length > 0 && addresses.every(isPublicAddress)) return',
        put: 'return',
      },
    ],
    tests: ['packages/http/test/node/keep-alive-fetch.test.ts'],
  },
  {
    name: 'secrets shown as they are',
    ids: ['SEC-02'],
    edits: [
      {
        file: 'packages/http/src/secrets.ts',
        find: 'masked = masked.replaceAll(secret, maskSecret(secret))',
        put: 'masked = masked.replaceAll(secret, secret)',
      },
    ],
    tests: ['packages/http/test/secrets.test.ts'],
  },
];
