/**
 * One hash per user: field = experiment id, value = variation id. Writers of different experiments cannot collide, and the
 * first writer of one experiment wins.
 */
import type { NewAssignments } from '@sortition/core';
import { hasReplyCode, isCommandRefused } from '@sortition/redis';
import type { Assignments, Layout, LayoutHost } from './layout.ts';
import { createScript, type Script } from './script.ts';
import { readId } from './stored-id.ts';

/**
 * ARGV: seconds to live or '', the number of assignments n, then n fields, n values and, unless no assignment replaces
 * another, the n values they replace, or ''. One read and one write, however many assignments there are; the commands for
 * a single field cost less than those for several.
 */
const ASSIGN = `
local n = tonumber(ARGV[2])
local winners
if n == 1 then
  winners = { redis.call('HGET', KEYS[1], ARGV[3]) }
  if not winners[1] or (ARGV[5] and ARGV[5] ~= '' and winners[1] == ARGV[5]) then
    redis.call('HSET', KEYS[1], ARGV[3], ARGV[4])
    winners[1] = ARGV[4]
  end
else
  winners = redis.call('HMGET', KEYS[1], unpack(ARGV, 3, n + 2))
  local new = {}
  for i = 1, n do
    local replaces = ARGV[2 * n + i + 2]
    if not winners[i] or (replaces and replaces ~= '' and winners[i] == replaces) then
      winners[i] = ARGV[n + i + 2]
      new[#new + 1] = ARGV[i + 2]
      new[#new + 1] = winners[i]
    end
  end
  if #new > 0 then redis.call('HSET', KEYS[1], unpack(new)) end
end
if ARGV[1] ~= '' then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
return winners
`;

/** Assignments written by one script; Lua takes some thousand arguments at a time. */
const WRITTEN_AT_A_TIME = 1_000;

/** Creates the layout; one command to read a user, one to write. */
export function createHashLayout(host: LayoutHost): Layout {
  const assign = createScript(host, ASSIGN);
  return {
    readCommand: (key) => ['HGETALL', key],
    async read(userId) {
      const key = host.keyOf(userId);
      try {
        return readHash(await host.read(key, ['HGETALL', key]), host.unreadable);
      } catch (cause) {
        if (!hasReplyCode(cause, 'WRONGTYPE')) throw cause;
        host.unreadable('a key of another type');
        return new Map();
      }
    },
    async write(userId, wanted) {
      const key = host.keyOf(userId);
      const entries = Object.entries(wanted);
      const winners = new Map<string, string>();
      for (let from = 0; from < entries.length; from += WRITTEN_AT_A_TIME) {
        const part = entries.slice(from, from + WRITTEN_AT_A_TIME);
        const stored = await writeEntries(host, assign, key, part);
        for (const [index, [id, { variationId }]] of part.entries()) {
          const winner = readId(Array.isArray(stored) ? stored[index] : undefined);
          if (winner === undefined) host.unreadable('a value that is no variation id');
          winners.set(id, winner ?? variationId);
        }
      }
      return winners;
    },
  };
}

type Entry = [id: string, assignment: NewAssignments[string]];

/** @returns What is stored then, in the order of the entries. */
async function writeEntries(
  host: LayoutHost,
  assign: Script,
  key: string,
  entries: readonly Entry[],
): Promise<unknown> {
  const ttl = host.ttlSeconds === null ? '' : String(host.ttlSeconds);
  const replaced = entries.map(([, { replaces = '' }]) => replaces);
  const answer = await assign.run(key, [
    ttl,
    String(entries.length),
    ...entries.map(([id]) => id),
    ...entries.map(([, { variationId }]) => variationId),
    ...(replaced.some((value) => value !== '') ? replaced : []),
  ]);
  if ('reply' in answer) return answer.reply;
  const stored = await writeWithoutScript(host, key, entries);
  // Only now is it known that scripts are what the server refuses.
  assign.giveUp(answer);
  host.refused(answer.refused, 'Assignments are written with HSETNX and HGET instead.');
  return stored;
}

/**
 * The same in plain commands, sent together. Only the replacement of a variation that no longer exists is not atomic: of
 * two processes doing that at the same moment both may believe they were first.
 */
async function writeWithoutScript(
  host: LayoutHost,
  key: string,
  entries: readonly Entry[],
): Promise<readonly unknown[]> {
  const stored = entries.map(async ([id, { variationId, replaces }]) => {
    const [, winner] = await Promise.all([
      host.write(key, ['HSETNX', key, id, variationId]),
      host.readBack(key, ['HGET', key, id]),
    ]);
    if (replaces === undefined || readId(winner) !== replaces) return winner;
    const [, replaced] = await Promise.all([
      host.write(key, ['HSET', key, id, variationId]),
      host.readBack(key, ['HGET', key, id]),
    ]);
    return replaced;
  });
  const [winners] = await Promise.all([Promise.all(stored), expire(host, key)]);
  return winners;
}

/** An account that may not set an expiry keeps its assignments, for ever. */
async function expire(host: LayoutHost, key: string): Promise<void> {
  if (host.ttlSeconds === null) return;
  try {
    await host.write(key, ['EXPIRE', key, String(host.ttlSeconds)]);
  } catch (cause) {
    if (!isCommandRefused(cause)) throw cause;
    host.refused(cause, 'Profiles are stored without expiry.');
  }
}

/** Clients answer with a flat list, a `Map` or a plain object, depending on package and protocol. */
function readHash(reply: unknown, unreadable: LayoutHost['unreadable']): Assignments {
  const assignments = new Map<string, string>();
  let ignored = 0;
  const read = (field: unknown, value: unknown): void => {
    const [id, variationId] = [readId(field), readId(value)];
    if (id !== undefined && variationId !== undefined) assignments.set(id, variationId);
    else ignored += 1;
  };
  if (Array.isArray(reply)) for (let index = 0; index < reply.length; index += 2) read(reply[index], reply[index + 1]);
  else if (reply instanceof Map) for (const [field, value] of reply) read(field, value);
  else if (typeof reply === 'object') for (const [field, value] of Object.entries(reply ?? {})) read(field, value);
  if (ignored > 0) unreadable(`${ignored} entries that are no assignments`);
  return assignments;
}
