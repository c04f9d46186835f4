/**
 * Removes from requests what differs between runs: generated ids, times, client names, and the grouping of events into
 * requests.
 */
import type { Area, Outputs, RequestOutput } from './protocol.ts';

/** An event of a request, in its envelope. */
export interface SentEvent {
  readonly url: string;
  readonly method: string;
  readonly envelope: unknown;
  readonly visitor: unknown;
}

/** Returns an output in the form used for comparison. Throws when it does not have the shape of its area. */
export function normalizeOutput(area: Area, output: unknown): unknown {
  if (area === 'events') return { events: readRequests(output).flatMap(readEvents) };
  if (area === 'segments') {
    const { segments } = output as Outputs['segments'];
    return { requests: readRequests(output).map(readQuery), segments };
  }
  return output;
}

function readRequests(output: unknown): readonly RequestOutput[] {
  const { requests } = output as { requests?: unknown };
  if (!Array.isArray(requests))
    throw new Error('"requests" is not an array; expected requests with url, method and body.');
  return requests;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;
/** Milliseconds: a time is one of the run when it lies this close to now. */
const RECENT_MS = 600_000;

/** Splits batches of visitors and snapshots into one event per snapshot. */
function readEvents({ url, method, body }: RequestOutput): readonly SentEvent[] {
  const { visitors, client_name, client_version, ...envelope } = JSON.parse(body) as Batch;
  void client_name;
  void client_version;
  return visitors.flatMap(({ snapshots, ...visitor }) =>
    snapshots.flatMap((snapshot) =>
      snapshot.events.map((event) => ({
        url,
        method,
        envelope,
        visitor: {
          ...visitor,
          snapshots: [
            { ...snapshot, events: [{ ...event, uuid: readUuid(event.uuid), timestamp: readTime(event.timestamp) }] },
          ],
        },
      })),
    ),
  );
}

function readUuid(uuid: unknown): unknown {
  return typeof uuid === 'string' && UUID.test(uuid) ? '<uuid>' : uuid;
}

function readTime(time: unknown): unknown {
  const isRecent = typeof time === 'number' && Number.isInteger(time) && Math.abs(Date.now() - time) < RECENT_MS;
  return isRecent ? '<now>' : time;
}

/** Reads a query, with its values inline or as variables. */
function readQuery({ url, method, headers = {}, body }: RequestOutput): unknown {
  const { query, variables = {} } = JSON.parse(body) as { query: string; variables?: Record<string, unknown> };
  const call = query.slice(query.indexOf('customer'));
  const inlined = call.replaceAll(/\$(\w+)/g, (_, name: string) => JSON.stringify(variables[name]) ?? 'null');
  const [, kind, id = '""'] = /customer\s*\(\s*(\w+)\s*:\s*("(?:[^"\\]|\\.)*")/.exec(inlined) ?? [];
  const [, subset = 'null'] = /subset\s*:\s*(\[(?:[^"\]]|"(?:[^"\\]|\\.)*")*\])/.exec(inlined) ?? [];
  const byName = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const asked = { identifier: kind ?? null, id: JSON.parse(id), segments: JSON.parse(subset) };
  return { url, method, apiKey: byName.get('x-api-key') ?? null, ...asked };
}

interface Batch {
  readonly client_name?: unknown;
  readonly client_version?: unknown;
  readonly visitors: readonly {
    readonly snapshots: readonly {
      readonly events: readonly { readonly uuid: unknown; readonly timestamp: unknown }[];
    }[];
  }[];
}
