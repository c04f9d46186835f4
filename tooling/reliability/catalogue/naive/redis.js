/** Redis, naively: one server that answers at once, ours alone, with nothing in it that we did not write. */

const CIRCUIT = 'packages/redis/src/circuit.ts';
const CONNECTION = 'packages/redis/src/connection.ts';
const LAYOUT = 'packages/profile-redis/src/hash-layout.ts';
const STORE = 'packages/profile-redis/src/redis-profile-store.ts';
const REPLIES = 'tooling/reliability/redis-chaos/test/server-replies.test.ts';
const IOREDIS = 'packages/redis/src/ioredis-port.ts';
const PORT = 'packages/redis/src/command-port.ts';
const VERSIONS = 'tooling/reliability/redis-chaos/test/client-versions.test.ts';
const REFUSED = 'tooling/reliability/redis-chaos/test/refused-commands.test.ts';
const OUTAGES = 'tooling/reliability/redis-chaos/test/outages.test.ts';

/** Commands that wait for their answers, however long it takes. */
const WITHOUT_TIMEOUT = {
  file: CONNECTION,
  find: 'suspicious ? host.timeoutMs / 4 : host.timeoutMs;',
  put: 'suspicious ? 60_000 : 60_000;',
};

/** @type {readonly import('./index.js').NaivePart[]} */
export const NAIVE_REDIS = [
  {
    name: 'a client that is up when it is created',
    ids: ['RED-01'],
    edits: [
      { file: CIRCUIT, find: '      if (failures >= FAILURES) trip(cause);', put: '      void cause;' },
      { file: CONNECTION, find: '      writes.trip(cause);\n      reads.trip(cause);', put: '' },
      WITHOUT_TIMEOUT,
    ],
    tests: [OUTAGES],
  },
  {
    name: 'writes that are not kept for later',
    ids: ['RED-02'],
    edits: [{ file: 'packages/profile-redis/src/write-behind.ts', find: '      waiting.set(userId, all);\n', put: '' }],
    tests: ['packages/profile-redis/test/commander.test.ts', OUTAGES],
  },
  {
    name: 'commands without a timeout',
    ids: ['RED-03'],
    edits: [WITHOUT_TIMEOUT],
    tests: ['packages/profile-redis/test/commander.test.ts'],
  },
  {
    name: 'scripts that are never lost',
    ids: ['RED-04'],
    edits: [
      {
        file: 'packages/profile-redis/src/script.ts',
        find: "        if (!hasReplyCode(cause, 'NOSCRIPT') && !isCommandRefused(cause)) throw cause;",
        put: '        throw cause;',
      },
    ],
    tests: [REPLIES],
  },
  {
    name: 'keys of the type we wrote',
    ids: ['RED-05'],
    edits: [
      {
        file: LAYOUT,
        find: "        if (!hasReplyCode(cause, 'WRONGTYPE')) throw cause;",
        put: '        throw cause;',
      },
    ],
    tests: [REPLIES],
  },
  {
    name: 'a server that writes whenever it reads',
    ids: ['RED-06'],
    edits: [
      { file: CONNECTION, find: "    if (!isReply || kind === 'write') writes.failed(cause);", put: '' },
      { file: 'packages/profile-redis/src/write-behind.ts', find: '      waiting.set(userId, all);\n', put: '' },
    ],
    tests: [REPLIES],
  },
  {
    name: 'an assignment written over the one that is stored',
    ids: ['RED-07', 'RED-12'],
    edits: [
      {
        file: LAYOUT,
        find: "if redis.call('HSETNX', KEYS[1], ARGV[2], stored) == 0 then",
        put: "if redis.call('HSET', KEYS[1], ARGV[2], stored) == 0 then",
      },
      {
        file: LAYOUT,
        find: '  if stored == ARGV[4] then',
        put: '  if true then',
      },
      {
        file: LAYOUT,
        find: "    if not winners[i] or (replaces and replaces ~= '' and winners[i] == replaces) then",
        put: '    if true then',
      },
      {
        file: LAYOUT,
        find: "host.write(key, ['HSETNX', key, id, variationId])",
        put: "host.write(key, ['HSET', key, id, variationId])",
      },
    ],
    tests: [
      'tooling/reliability/redis-chaos/test/fleet.test.ts',
      'tooling/reliability/redis-chaos/test/contract.test.ts',
    ],
  },
  {
    name: 'a command with keys of two nodes',
    ids: ['RED-08'],
    edits: [
      {
        file: 'packages/odp-redis/src/redis-segment-cache.ts',
        find: "      const [generation, entry] = await Promise.all([\n        connection.read(generationKey, ['GET', generationKey]).then(textOf),\n        connection.read(entryKey, ['GET', entryKey]),\n      ]);",
        put: "      const both = (await connection.read(generationKey, ['MGET', generationKey, entryKey])) as unknown[];\n      const [generation, entry] = both.map(textOf) as [string, string];",
      },
    ],
    tests: ['packages/odp-redis/test/redis-cluster.test.ts'],
  },
  {
    name: 'one prefix for all',
    ids: ['RED-09'],
    edits: [
      {
        file: 'packages/profile-redis/src/profile-key.ts',
        find: '  if (PLAIN.test(userId)) return prefix + userId;',
        put: '  if (PLAIN.test(userId)) return `user:${userId}`;',
      },
    ],
    tests: [REPLIES],
  },
  {
    name: 'stored values believed as they are',
    ids: ['RED-10'],
    edits: [
      {
        file: 'packages/profile-redis/src/stored-id.ts',
        find: "  return PLAIN.test(id) || (id !== '' && id.length <= MAX_LENGTH && !NO_TEXT.test(id));",
        put: '  return true;',
      },
    ],
    tests: [REPLIES],
  },
  {
    name: 'a store that ends the connection it was lent',
    ids: ['RED-11'],
    edits: [
      {
        file: STORE,
        find: '      connection.close();\n',
        put: '      connection.close();\n      (options.client as unknown as { quit(): void }).quit();\n',
      },
    ],
    tests: ['packages/profile-redis/test/sources.test.ts'],
  },
  {
    name: 'commands by name, in capitals',
    ids: ['RED-13', 'RED-14'],
    edits: [
      { file: IOREDIS, find: 'const method = name.toLowerCase();', put: 'const method = name;' },
      {
        file: IOREDIS,
        find: "if (groupsByFirstArgument && method.startsWith('eval'))",
        put: 'if (groupsByFirstArgument && false)',
      },
    ],
    tests: [VERSIONS],
  },
  {
    name: 'replies taken as they come',
    ids: ['RED-15'],
    edits: [
      {
        file: 'packages/redis/src/reply-check.ts',
        find: '  if (reply === undefined) {',
        put: '  if (false as boolean) {',
      },
      { file: PORT, find: '  if (refusal !== null)', put: "  if (refusal === 'never')" },
      {
        file: 'packages/profile-redis/src/stored-id.ts',
        find: 'const id = Number.isSafeInteger(answered) ? String(answered) : answered;',
        put: 'const id = answered;',
      },
    ],
    tests: ['tooling/reliability/redis-chaos/test/unusable-clients.test.ts'],
  },
  {
    name: 'an account that may do everything',
    ids: ['RED-16'],
    edits: [
      {
        file: STORE,
        find: 'return { key, args: layout.readCommand(key) };',
        put: "return { key, args: ['EXISTS', key] };",
      },
      {
        file: LAYOUT,
        find: "    if (!isCommandRefused(cause)) throw cause;\n    host.refused(cause, 'Profiles are stored without expiry.');",
        put: '    throw cause;',
      },
    ],
    tests: [REFUSED],
  },
  {
    name: 'scripts refused in the words of Redis alone',
    ids: ['RED-17'],
    edits: [
      {
        file: 'packages/redis/src/command-error.ts',
        find: '  return isCommandError(error) && error.isReply && !STATES.has(error.reply);',
        put: "  return isCommandError(error) && error.reply === 'NOPERM';",
      },
    ],
    tests: [REFUSED],
  },
  {
    name: 'a connection without transactions of others',
    ids: ['RED-18'],
    edits: [{ file: PORT, find: 'transaction.isOpen() ? sendOutside', put: '(false as boolean) ? sendOutside' }],
    tests: [VERSIONS],
  },
  {
    name: 'a segment cache that asks every time',
    ids: ['RED-19'],
    edits: [{ file: CIRCUIT, find: '      if (failures >= FAILURES) trip(cause);', put: '      void cause;' }],
    tests: ['packages/odp-redis/test/redis-segment-cache.test.ts'],
  },
];
