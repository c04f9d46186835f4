/**
 * The documented JSON profile, one text per user, for deployments that share profiles with other SDKs. A change is
 * written only if the stored text is still the one that was read; otherwise it is repeated, so that no assignment is
 * lost.
 */
import { type NewAssignments, SdkError } from '@sortition/core';
import { setOwn } from '@sortition/core/internal';
import { hasReplyCode } from '@sortition/redis';
import type { Assignments, Layout, LayoutHost } from './layout.ts';
import { createScript, type Script } from './script.ts';
import { isStorableId } from './stored-id.ts';

/** ARGV: the text that was read, the text to store, seconds to live or ''. */
const EXCHANGE = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[3] ~= '' then redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
else redis.call('SET', KEYS[1], ARGV[2], 'KEEPTTL') end
return 1
`;

/**
 * The text with a prefix, so that clients that parse replies as JSON do not change it. An exchange needs the exact
 * text: after parsing and writing, spaces or the order of fields may differ.
 */
const READ_TEXT = `
local text = redis.call('GET', KEYS[1])
return text and ('text:' .. text)
`;
const MARK = 'text:';

/** Number of rounds in which another writer was faster, after which the write is postponed. */
const MAX_ROUNDS = 20;

/** A stored profile; its other fields are kept. */
type Document = {
  readonly [field: string]: unknown;
  readonly experiment_bucket_map: Readonly<Record<string, unknown>>;
};

/** Creates the layout; one command to read a user, two to write while no other writer interferes. Needs the right to run scripts. */
export function createJsonLayout(host: LayoutHost): Layout {
  const scripts: Scripts = { exchange: createScript(host, EXCHANGE), readText: createScript(host, READ_TEXT) };
  return {
    readCommand: (key) => ['GET', key],
    async read(userId) {
      const key = host.keyOf(userId);
      const document = await readDocument(host, key, userId);
      return document === 'unreadable' ? new Map() : assignmentsOf(document, host);
    },
    async write(userId, wanted) {
      const key = host.keyOf(userId);
      for (let round = 1; round <= MAX_ROUNDS; round += 1) {
        const winners = await writeOnce(host, scripts, { key, userId, wanted });
        if (winners) return winners;
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 4 * round));
      }
      throw new SdkError('store-failed', 'Other writers changed a profile faster than this one could add to it.');
    },
  };
}

interface Scripts {
  readonly exchange: Script;
  readonly readText: Script;
}

/** Returns `null` when the profile changed in the meantime. */
async function writeOnce(
  host: LayoutHost,
  { exchange, readText }: Scripts,
  { key, userId, wanted }: { key: string; userId: string; wanted: NewAssignments },
): Promise<Assignments | null> {
  const answered = await readValue(host, key);
  const text = typeof answered === 'object' && answered !== null ? await runReadText(readText, key) : answered;
  const document = parseDocument(text, userId);
  if (document === 'unreadable') {
    throw new SdkError('invalid-response', 'The value stored for a user is not a profile; it was not changed.');
  }
  const { next, winners } = merge(document, userId, wanted);
  if (next === null) return winners;
  return (await store(host, exchange, { key, text, next })) ? winners : null;
}

/** @returns The text of a value that the client returned parsed; `null` when it does not exist any more. */
async function runReadText(readText: Script, key: string): Promise<string | null> {
  const answer = await readText.run(key, []);
  if ('refused' in answer) throw needsScripts(answer.refused);
  const { reply } = answer;
  return typeof reply === 'string' && reply.startsWith(MARK) ? reply.slice(MARK.length) : null;
}

function needsScripts(cause: SdkError): SdkError {
  return new SdkError(
    'store-failed',
    `The layout "json" needs the right to run EVALSHA and EVAL to add to a profile. ${cause.message}`,
  );
}

async function store(
  host: LayoutHost,
  exchange: Script,
  { key, text, next }: { key: string; text: string | null; next: string },
): Promise<boolean> {
  const ttl = host.ttlSeconds === null ? '' : String(host.ttlSeconds);
  if (text === null) {
    return (await host.write(key, ['SET', key, next, 'NX', ...(ttl === '' ? [] : ['EX', ttl])])) !== null;
  }
  const answer = await exchange.run(key, [text, next, ttl]);
  if ('refused' in answer) {
    host.refused(answer.refused, 'The layout "json" cannot add to profiles without it.');
    throw needsScripts(answer.refused);
  }
  return Number(answer.reply) === 1;
}

function merge(
  document: Document | null,
  userId: string,
  wanted: NewAssignments,
): { readonly next: string | null; readonly winners: Assignments } {
  const map: Record<string, unknown> = { ...document?.experiment_bucket_map };
  const winners = new Map<string, string>();
  let changed = false;
  for (const [id, { variationId, replaces }] of Object.entries(wanted)) {
    const stored = variationOf(Object.hasOwn(map, id) ? map[id] : undefined);
    const wins = stored === undefined || stored === replaces;
    winners.set(id, wins ? variationId : stored);
    if (!wins) continue;
    setOwn(map, id, { variation_id: variationId });
    changed = true;
  }
  const next = changed ? JSON.stringify({ ...document, user_id: userId, experiment_bucket_map: map }) : null;
  return { next, winners };
}

async function readDocument(host: LayoutHost, key: string, userId: string): Promise<Document | null | 'unreadable'> {
  try {
    const document = parseDocument(await readValue(host, key), userId);
    if (document === 'unreadable') host.unreadable('a value that is not a profile');
    return document;
  } catch (cause) {
    if (!hasReplyCode(cause, 'WRONGTYPE')) throw cause;
    host.unreadable('a key of another type');
    return 'unreadable';
  }
}

/** Resolves to a text, to an object when the client parses replies as JSON, or to `null` when there is nothing. */
async function readValue(host: LayoutHost, key: string): Promise<string | object | null> {
  const reply = await host.read(key, ['GET', key]);
  if (reply instanceof Uint8Array) return new TextDecoder().decode(reply);
  return typeof reply === 'object' ? reply : String(reply);
}

function parseDocument(stored: string | object | null, userId: string): Document | null | 'unreadable' {
  if (stored === null) return null;
  let value: unknown = stored;
  try {
    if (typeof stored === 'string') value = JSON.parse(stored);
  } catch {
    return 'unreadable'; // it may belong to another application, so it is not overwritten
  }
  const { user_id: owner, experiment_bucket_map: map } = (value ?? {}) as Record<string, unknown>;
  const isProfile = owner === userId && typeof map === 'object' && map !== null && !Array.isArray(map);
  return isProfile ? (value as Document) : 'unreadable';
}

function assignmentsOf(document: Document | null, host: LayoutHost): Assignments {
  const assignments = new Map<string, string>();
  let ignored = 0;
  for (const [id, entry] of Object.entries(document?.experiment_bucket_map ?? {})) {
    const variationId = variationOf(entry);
    if (variationId !== undefined && isStorableId(id)) assignments.set(id, variationId);
    else ignored += 1;
  }
  if (ignored > 0) host.unreadable(`${ignored} entries that are not assignments`);
  return assignments;
}

function variationOf(entry: unknown): string | undefined {
  const variationId: unknown = (entry as { variation_id?: unknown } | null | undefined)?.variation_id;
  return isStorableId(variationId) ? variationId : undefined;
}
