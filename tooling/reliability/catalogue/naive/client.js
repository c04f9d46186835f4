/** The client, naively: callers, parts and listeners do what their types say, and nothing is called after its time. */

const CLIENT = 'packages/client/src/compose-client.ts';
const CONTEXT = 'packages/client/src/lean-user-context.ts';
const CALL_PART = 'packages/core/src/call-part.ts';
const PROFILES = 'packages/client/src/parts/profiles/guarded-store.ts';
const INPUTS = 'packages/sortition/test/input-faults.test.ts';
const EVENTS = 'packages/sortition/test/events.test.ts';
const STICKINESS = 'packages/sortition/test/profiles/stickiness.test.ts';
const HOSTILE = 'packages/sortition/test/profiles/hostile-stores.test.ts';

/** @type {readonly import('./index.js').NaivePart[]} */
export const NAIVE_CLIENT = [
  {
    name: 'user ids of any kind',
    ids: ['IN-01', 'IN-02'],
    edits: [
      { file: CLIENT, find: "      if (typeof id !== 'string' || id === 'undefined') throw invalidUser(id);", put: '' },
      { file: CLIENT, find: 'createUserSnapshot(id, attributes)', put: 'createUserSnapshot(String(id), attributes)' },
    ],
    tests: [INPUTS],
  },
  {
    name: 'tags that are sent as they are',
    ids: ['IN-06'],
    edits: [
      {
        file: 'packages/events/src/visitor-attributes.ts',
        find: '      if (fits(json, maxValueBytes)) texts.push(',
        put: '      if (json) texts.push(',
      },
    ],
    tests: ['packages/events/test/fit-event.test.ts'],
  },
  {
    name: 'decide options that are looked up in an object',
    ids: ['IN-07'],
    edits: [
      {
        file: 'packages/client/src/decide-bits.ts',
        find: '    if (!Array.isArray(options)) {\n',
        put: '    if (!Array.isArray(options)) {\n      if (options) return Object.keys(options as object).length;\n',
      },
      {
        file: 'packages/client/src/decide-bits.ts',
        find: '      if (bit >= 0) bits |= 1 << bit;',
        put: '      if (bit < 0) bits |= 255;\n      else if (bit >= 0) bits |= 1 << bit;',
      },
    ],
    tests: [INPUTS],
  },
  {
    name: 'what is ours handed out as it is',
    ids: ['IN-08'],
    edits: [
      {
        file: CONTEXT,
        find: '    return { ...this.#current.user.attributes };',
        put: '    return this.#current.user.attributes;',
      },
    ],
    tests: [INPUTS],
  },
  {
    name: 'flag keys that are keys',
    ids: ['IN-09'],
    edits: [
      {
        file: 'packages/client/src/read-input.ts',
        find: '  return new Set(readList(flagKeys)?.map(toKey));',
        put: "  void readList;\n  return new Set(flagKeys == null ? ['null'] : (flagKeys as string[]));",
      },
    ],
    tests: [INPUTS],
  },
  {
    name: 'a store that keeps its promises',
    ids: ['UPS-01'],
    edits: [
      {
        file: PROFILES,
        find: "    problems.report({ code, part: 'profiles', message, cause });",
        put: '    void message;\n    throw cause;',
      },
    ],
    tests: [HOSTILE],
  },
  {
    name: 'a store that is waited for',
    ids: ['UPS-02'],
    edits: [
      {
        file: 'packages/client/src/deadline.ts',
        find: 'return limitTime({ what, timeoutMs, signal }',
        put: 'return limitTime({ what, timeoutMs: timeoutMs * 1_000, signal }',
      },
    ],
    tests: [HOSTILE],
  },
  {
    name: 'profiles believed as they are',
    ids: ['UPS-03'],
    edits: [
      {
        file: 'packages/client/src/parts/profiles/profile-session.ts',
        find: "  if (typeof answer !== 'object' || profile.user_id !== userId) throw invalidProfile('a profile of this user');",
        put: '',
      },
    ],
    tests: [HOSTILE],
  },
  {
    name: 'saves that run side by side',
    ids: ['UPS-04'],
    edits: [
      {
        file: 'packages/client/src/parts/profiles/serial-writer.ts',
        find: '    if (current && Math.abs(Date.now() - current.startedAt) < GIVEN_UP_AFTER_MS) current.next = batch;\n    else start(userId, batch);',
        put: '    void start;\n    batch.start();',
      },
    ],
    tests: [STICKINESS],
  },
  {
    name: 'a lookup per flag',
    ids: ['UPS-05'],
    edits: [
      {
        file: 'packages/client/src/decide-call.ts',
        find: '  const { config, user, bits, client, subject } = call;\n',
        put: '  const { config, user, bits, client, subject } = call;\n  void client.steps.profiles?.load(user, {});\n',
      },
    ],
    tests: [STICKINESS],
  },
  {
    name: 'profiles that are always used',
    ids: ['UPS-07'],
    edits: [
      {
        file: 'packages/client/src/decide-call.ts',
        find: 'config === null || (bits & IGNORE_USER_PROFILE_SERVICE) !== 0 ? undefined : client.steps.profiles;',
        put: 'config === null || bits < 0 ? undefined : client.steps.profiles;',
      },
    ],
    tests: [STICKINESS],
  },
  {
    name: 'a close that waits for everybody',
    ids: ['EVT-05'],
    edits: [
      {
        file: 'packages/client/src/deadline.ts',
        find: 'return limitTime({ what, timeoutMs, signal }',
        put: 'return limitTime({ what, timeoutMs: timeoutMs * 1_000, signal }',
      },
      {
        file: 'packages/client/src/delivery.ts',
        find: 'const within = { timeoutMs: timeoutMs - Math.min(50, timeoutMs / 10) };',
        put: 'const within = { timeoutMs: 60_000 };',
      },
    ],
    tests: ['packages/sortition/test/odp.test.ts', EVENTS],
  },
  {
    name: 'a close per call',
    ids: ['EVT-06'],
    edits: [{ file: CLIENT, find: '      if (closing) return closing;\n', put: '' }],
    tests: [EVENTS],
  },
  {
    name: 'a client that records after its close',
    ids: ['EVT-07'],
    edits: [
      {
        file: 'packages/client/src/parts/event-recorder.ts',
        find: 'if (client.mayRecord()) return',
        put: 'if (client) return',
      },
    ],
    tests: [EVENTS],
  },
  {
    name: 'events dated when they are sent, by a fine clock',
    ids: ['EVT-13'],
    edits: [
      {
        file: 'packages/client/src/parts/event-recorder.ts',
        find: '(): number => Date.now();',
        put: '(): number => performance.timeOrigin + performance.now();',
      },
    ],
    tests: [EVENTS],
  },
  {
    name: 'listeners that are trusted',
    ids: ['EVT-14'],
    edits: [
      {
        file: 'packages/core/src/listener-registry.ts',
        find: '          (cause) => onFailure(event, cause),',
        put: '          (cause) => {\n            void onFailure;\n            throw cause;\n          },',
      },
    ],
    tests: [EVENTS],
  },
  {
    name: 'parts that answer what their types say',
    ids: ['LIFE-01'],
    edits: [{ file: CALL_PART, find: '    Promise.resolve(answer).catch(fail);', put: '' }],
    tests: ['packages/sortition/test/foreign-parts.test.ts'],
  },
  {
    name: 'timers that keep the process alive',
    ids: ['LIFE-02'],
    edits: [{ file: 'packages/http/src/clock.ts', find: '.unref?.();', put: '.unref;' }],
    tests: ['packages/sortition/test/process.test.ts'],
  },
  {
    name: 'a logger that is trusted',
    ids: ['LIFE-03'],
    edits: [
      {
        file: 'packages/client/src/create-core.ts',
        find: 'given ? guardLogger(given) : undefined',
        put: 'given || undefined',
      },
    ],
    tests: [EVENTS],
  },
  {
    name: 'clients that leave their polling behind',
    ids: ['LIFE-04'],
    edits: [
      {
        file: CLIENT,
        find: '      if (closing) return closing;\n',
        put: '      if (closing) return closing;\n      setInterval(() => client, 60_000);\n',
      },
    ],
    tests: ['packages/sortition/test/process.test.ts'],
  },
  {
    name: 'errors known by their class',
    ids: ['LIFE-05'],
    edits: [
      {
        file: 'packages/core/src/errors.ts',
        find: '    return (error as { readonly [BRAND]?: unknown } | null | undefined)?.[BRAND] === true;',
        put: '    return error instanceof SdkError;',
      },
    ],
    tests: ['packages/sortition/test/copies.test.ts'],
  },
  {
    name: 'fetch kept from the import',
    ids: ['LIFE-06'],
    edits: [
      {
        file: 'packages/http/src/request-once.ts',
        find: 'import { isSdkError, SdkError }',
        put: 'const keptFetch = globalThis.fetch;\nimport { isSdkError, SdkError }',
      },
      {
        file: 'packages/http/src/request-once.ts',
        find: 'fetch = globalThis.fetch } = options;',
        put: 'fetch = keptFetch } = options;',
      },
    ],
    tests: ['packages/http/test/request.test.ts'],
  },
  {
    name: 'a client that closes itself on a signal',
    ids: ['LIFE-07'],
    edits: [
      {
        file: CLIENT,
        find: '  const core = createCore(own);',
        put: "  (globalThis as { process?: { on(signal: string, listener: () => void): void } }).process?.on('SIGTERM', () => undefined);\n  process.on('SIGINT', () => undefined);\n  const core = createCore(own);",
      },
    ],
    tests: ['packages/sortition/test/process.test.ts'],
  },
  {
    name: 'problems that name the user',
    ids: ['SEC-03'],
    edits: [
      {
        file: PROFILES,
        find: '`The profile store failed in "${call}"; ${consequence}.`',
        put: '`The profile store failed in "${call}" for ${userId}; ${consequence}.`',
      },
    ],
    tests: ['packages/sortition/test/canaries.test.ts'],
  },
];
