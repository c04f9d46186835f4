/**
 * One hash per user: field = experiment id, value = variation id. Writers of different experiments cannot collide, and the
 * first writer of one experiment wins.
 */
import type { NewAssignments } from '@sortition/core';
import type { Assignments, Layout, LayoutHost } from './layout.ts';
import { replyCode } from './redis-errors.ts';
import { createScript, NO_SCRIPTING, type RunScript } from './script.ts';
import { isStorableId } from './stored-id.ts';

/** ARGV: seconds to live or '', then per assignment the field, the value and the value it replaces or ''. */
const ASSIGN = `
local winners = {}
for i = 2, #ARGV, 3 do
  local stored = redis.call('HGET', KEYS[1], ARGV[i])
  if not stored or (ARGV[i + 2] ~= '' and stored == ARGV[i + 2]) then
    stored = ARGV[i + 1]
    redis.call('HSET', KEYS[1], ARGV[i], stored)
  end
  winners[#winners + 1] = stored
end
if ARGV[1] ~= '' then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
return winners
`;

/** Creates the layout; one command to read a user, one to write. */
export function createHashLayout(host: LayoutHost): Layout {
  const assign = createScript(host, ASSIGN);
  return {
    async read(userId) {
      const key = host.keyOf(userId);
      try {
        return readHash(await host.read(key, ['HGETALL', key]), host.unreadable);
      } catch (cause) {
        if (replyCode(cause) !== 'WRONGTYPE') throw cause;
        host.unreadable('a key of another type');
        return new Map();
      }
    },
    write: (userId, wanted) => writeHash(host, assign, host.keyOf(userId), wanted),
  };
}

async function writeHash(
  host: LayoutHost,
  assign: RunScript,
  key: string,
  wanted: NewAssignments,
): Promise<Assignments> {
  const { ttlSeconds } = host;
  const entries = Object.entries(wanted);
  const ttl = ttlSeconds === null ? '' : String(ttlSeconds);
  const args = entries.flatMap(([id, { variationId, replaces = '' }]) => [id, variationId, replaces]);
  const reply = await assign(key, [ttl, ...args]);
  const stored = reply === NO_SCRIPTING ? await assignWithoutScript(host, key, wanted) : (reply as readonly unknown[]);
  return new Map(
    entries.map(([id, { variationId }], index) => {
      const winner = Array.isArray(stored) ? stored[index] : undefined;
      if (isStorableId(winner)) return [id, winner];
      host.unreadable('a value that is no variation id');
      return [id, variationId];
    }),
  );
}

/**
 * The same in plain commands, sent together. Only the replacement of a variation that no longer exists is not atomic: of
 * two processes doing that at the same moment both may believe they were first.
 */
async function assignWithoutScript(host: LayoutHost, key: string, wanted: NewAssignments): Promise<readonly unknown[]> {
  const { ttlSeconds } = host;
  const stored = Object.entries(wanted).map(async ([id, { variationId, replaces }]) => {
    const [, winner] = await Promise.all([
      host.write(key, ['HSETNX', key, id, variationId]),
      host.write(key, ['HGET', key, id]),
    ]);
    if (replaces === undefined || winner !== replaces) return winner;
    const [, replaced] = await Promise.all([
      host.write(key, ['HSET', key, id, variationId]),
      host.write(key, ['HGET', key, id]),
    ]);
    return replaced;
  });
  const expiring = ttlSeconds === null ? [] : [host.write(key, ['EXPIRE', key, String(ttlSeconds)])];
  const [winners] = await Promise.all([Promise.all(stored), ...expiring]);
  return winners;
}

/** Clients answer with a flat list, a `Map` or a plain object, depending on package and protocol. */
function readHash(reply: unknown, unreadable: LayoutHost['unreadable']): Assignments {
  const assignments = new Map<string, string>();
  let ignored = 0;
  const read = (field: unknown, value: unknown): void => {
    if (isStorableId(field) && isStorableId(value)) assignments.set(field, value);
    else ignored += 1;
  };
  if (Array.isArray(reply)) for (let index = 0; index < reply.length; index += 2) read(reply[index], reply[index + 1]);
  else if (reply instanceof Map) for (const [field, value] of reply) read(field, value);
  else if (typeof reply === 'object') for (const [field, value] of Object.entries(reply ?? {})) read(field, value);
  if (ignored > 0) unreadable(`${ignored} entries that are no assignments`);
  return assignments;
}
