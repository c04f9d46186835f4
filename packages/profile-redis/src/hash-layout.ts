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
 * ARGV: seconds to live or '', the field, the value and, if there is one, the value it replaces. Returns what is
 * stored.
 */
const ASSIGN_ONE = `
local stored = ARGV[3]
if redis.call('HSETNX', KEYS[1], ARGV[2], stored) == 0 then
  stored = redis.call('HGET', KEYS[1], ARGV[2])
  if stored == ARGV[4] then
    stored = ARGV[3]
    redis.call('HSET', KEYS[1], ARGV[2], stored)
  end
end
if ARGV[1] ~= '' then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
return { stored }
`;

/**
 * ARGV: seconds to live or '', the index of the last value, then fields and values in turn and, unless no assignment
 * replaces another, the values they replace, or ''. One read and one write, for any number of assignments. Returns 1
 * when the user is new and all are stored as wanted, otherwise what is stored.
 */
const ASSIGN_MANY = `
local winners = 1
if redis.call('HLEN', KEYS[1]) == 0 then
  redis.call('HSET', KEYS[1], unpack(ARGV, 3, ARGV[2]))
else
  local last = tonumber(ARGV[2])
  local fields, new = {}, {}
  for i = 3, last, 2 do fields[#fields + 1] = ARGV[i] end
  winners = redis.call('HMGET', KEYS[1], unpack(fields))
  for i, field in ipairs(fields) do
    local replaces = ARGV[last + i]
    if not winners[i] or (replaces and replaces ~= '' and winners[i] == replaces) then
      winners[i] = ARGV[2 * i + 2]
      new[#new + 1] = field
      new[#new + 1] = winners[i]
    end
  end
  if #new > 0 then redis.call('HSET', KEYS[1], unpack(new)) end
end
if ARGV[1] ~= '' then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
return winners
`;

/** Limit of assignments per script; Lua accepts some thousand arguments. */
const WRITTEN_AT_A_TIME = 1_000;

/** Creates the layout; one command to read a user, one to write. */
export function createHashLayout(host: LayoutHost): Layout {
  const scripts: Scripts = { one: createScript(host, ASSIGN_ONE), many: createScript(host, ASSIGN_MANY) };
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
        const stored = await writeEntries(host, scripts, key, part);
        for (const [index, [id, { variationId }]] of part.entries()) {
          const winner = readId(stored === null ? variationId : stored[index]);
          if (winner === undefined) host.unreadable('a value that is not a variation id');
          winners.set(id, winner ?? variationId);
        }
      }
      return winners;
    },
  };
}

type Entry = [id: string, assignment: NewAssignments[string]];

interface Scripts {
  readonly one: Script;
  readonly many: Script;
}

/** @returns What is stored afterwards, in the order of the entries; `null` when that is what was wanted. */
async function writeEntries(
  host: LayoutHost,
  { one, many }: Scripts,
  key: string,
  entries: readonly Entry[],
): Promise<readonly unknown[] | null> {
  const isOne = entries.length === 1;
  const answer = await (isOne ? one.run(key, argsOfOne(host, entries)) : many.run(key, argsOfMany(host, entries)));
  if ('reply' in answer) {
    const { reply } = answer;
    return Array.isArray(reply) ? reply : !isOne && Number(reply) === 1 ? null : [];
  }
  const stored = await writeWithoutScript(host, key, entries);
  // Only now is it known that the server refuses scripts.
  for (const script of [one, many]) script.giveUp(answer);
  host.refused(answer.refused, 'Assignments are written with HSETNX and HGET instead.');
  return stored;
}

function argsOfOne(host: LayoutHost, entries: readonly Entry[]): string[] {
  return [ttlOf(host), ...pairsOf(entries), ...replacedBy(entries)];
}

function argsOfMany(host: LayoutHost, entries: readonly Entry[]): string[] {
  return [ttlOf(host), String(2 * entries.length + 2), ...pairsOf(entries), ...replacedBy(entries)];
}

function ttlOf({ ttlSeconds }: LayoutHost): string {
  return ttlSeconds === null ? '' : String(ttlSeconds);
}

function pairsOf(entries: readonly Entry[]): string[] {
  return entries.flatMap(([id, { variationId }]) => [id, variationId]);
}

/** Empty when no entry replaces another, which is almost always the case. */
function replacedBy(entries: readonly Entry[]): string[] {
  const replaced = entries.map(([, { replaces = '' }]) => replaces);
  return replaced.some((value) => value !== '') ? replaced : [];
}

/**
 * Writes with plain commands, sent together. Only the replacement of a variation that no longer exists is not atomic:
 * when two processes do that at the same moment, both may believe that they were first.
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

/** For an account that may not set an expiry, assignments never expire. */
async function expire(host: LayoutHost, key: string): Promise<void> {
  if (host.ttlSeconds === null) return;
  try {
    await host.write(key, ['EXPIRE', key, String(host.ttlSeconds)]);
  } catch (cause) {
    if (!isCommandRefused(cause)) throw cause;
    host.refused(cause, 'Profiles are stored without expiry.');
  }
}

/** Clients return a flat list, a `Map` or a plain object, depending on package and protocol. */
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
  if (ignored > 0) unreadable(`${ignored} entries that are not assignments`);
  return assignments;
}
