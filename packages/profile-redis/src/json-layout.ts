/**
 * The documented JSON profile, one text per user, for deployments that share profiles with other SDKs. A write goes through
 * only if the text is still the one it was made from; else it is made again, so that nobody's assignment is lost.
 */
import { type NewAssignments, SdkError, setOwn } from '@sortition/core';
import type { Assignments, Layout, LayoutHost } from './layout.ts';
import { replyCode } from './redis-errors.ts';
import { createScript, NO_SCRIPTING, type RunScript } from './script.ts';
import { isStorableId } from './stored-id.ts';

/** ARGV: the text it was made from, the text to store, seconds to live or ''. */
const EXCHANGE = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[3] ~= '' then redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
else redis.call('SET', KEYS[1], ARGV[2], 'KEEPTTL') end
return 1
`;

/** Rounds in which somebody else was faster before the write is given up for now. */
const MAX_ROUNDS = 20;

/** A profile as it lies there; whatever else it holds is kept. */
type Document = {
  readonly [field: string]: unknown;
  readonly experiment_bucket_map: Readonly<Record<string, unknown>>;
};

/** Creates the layout; one command to read a user, two to write while nobody interferes. Needs the right to run scripts. */
export function createJsonLayout(host: LayoutHost): Layout {
  const exchange = createScript(host, EXCHANGE);
  return {
    async read(userId) {
      const key = host.keyOf(userId);
      const document = await readDocument(host, key, userId);
      return document === 'unreadable' ? new Map() : assignmentsOf(document, host);
    },
    async write(userId, wanted) {
      const key = host.keyOf(userId);
      for (let round = 1; round <= MAX_ROUNDS; round += 1) {
        const winners = await writeOnce(host, exchange, { key, userId, wanted });
        if (winners) return winners;
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 4 * round));
      }
      throw new SdkError('store-failed', 'Other writers changed a profile faster than this one could add to it.');
    },
  };
}

/** Answers `null` when the profile changed in the meantime. */
async function writeOnce(
  host: LayoutHost,
  exchange: RunScript,
  { key, userId, wanted }: { key: string; userId: string; wanted: NewAssignments },
): Promise<Assignments | null> {
  const text = await readText(host, key);
  const document = parseDocument(text, userId);
  if (document === 'unreadable') {
    throw new SdkError('invalid-response', 'A profile was not written over something that is no profile.');
  }
  const { next, winners } = merge(document, userId, wanted);
  if (next === null) return winners;
  return (await store(host, exchange, { key, text, next })) ? winners : null;
}

async function store(
  host: LayoutHost,
  exchange: RunScript,
  { key, text, next }: { key: string; text: string | null; next: string },
): Promise<boolean> {
  const ttl = host.ttlSeconds === null ? '' : String(host.ttlSeconds);
  if (text === null) {
    return (await host.write(key, ['SET', key, next, 'NX', ...(ttl === '' ? [] : ['EX', ttl])])) !== null;
  }
  const reply = await exchange(key, [text, next, ttl]);
  if (reply === NO_SCRIPTING) {
    throw new SdkError(
      'store-failed',
      'The layout "json" needs the right to run EVALSHA and EVAL to add to a profile.',
    );
  }
  return Number(reply) === 1;
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
    const document = parseDocument(await readText(host, key), userId);
    if (document === 'unreadable') host.unreadable('a value that is no profile');
    return document;
  } catch (cause) {
    if (replyCode(cause) !== 'WRONGTYPE') throw cause;
    host.unreadable('a key of another type');
    return 'unreadable';
  }
}

async function readText(host: LayoutHost, key: string): Promise<string | null> {
  const reply = await host.read(key, ['GET', key]);
  return reply === null || reply === undefined ? null : String(reply);
}

function parseDocument(text: string | null, userId: string): Document | null | 'unreadable' {
  if (text === null) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'unreadable'; // whatever it is, it is not ours to overwrite
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
  if (ignored > 0) host.unreadable(`${ignored} entries that are no assignments`);
  return assignments;
}

function variationOf(entry: unknown): string | undefined {
  const variationId: unknown = (entry as { variation_id?: unknown } | null | undefined)?.variation_id;
  return isStorableId(variationId) ? variationId : undefined;
}
