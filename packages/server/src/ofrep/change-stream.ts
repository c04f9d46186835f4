/**
 * Change streams of OFREP: they make a client evaluate again when the datafile changes.
 *
 * Browsers cannot send headers with a stream, so its address contains a signature over project and expiry, keyed by the
 * server's tokens. All instances with the same tokens accept it.
 */
import { isSameText } from '../guards/constant-time.ts';
import type { AccessToken, ProjectOptions } from '../server-options.ts';
import { isStreamId, type NotificationStream } from '../streams/notification-stream.ts';
import type { OpenStreams } from '../streams/server-sent-events.ts';

/** Makes and checks the addresses of change streams. */
export interface StreamAddresses {
  /** Path and query of a project's stream. */
  create(project: ProjectOptions): string | Promise<string>;
  /** Returns the SDK key of an address; `null` when it is forged or has expired. */
  check(query: URLSearchParams): Promise<string | null>;
}

const PATH = '/ofrep/v1/events';
const HOUR_MS = 3_600_000;
const LIFETIME_MS = 24 * HOUR_MS;

/** @param tokens Without tokens addresses need no signature. */
export function createStreamAddresses(tokens: readonly AccessToken[] | undefined): StreamAddresses {
  // Key and addresses are cached as values, not as promises: a promise would keep a failure, and in runtimes such as
  // Workers a request cannot wait for a promise of another request.
  let key: CryptoKey | undefined;
  const sign = async (text: string): Promise<string> => {
    key ??= await importKey(tokens ?? []);
    const bytes = await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(text));
    return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  };
  /** The address of each project; renewed every hour if it expires. */
  const current = new Map<string, { readonly expires: number; readonly address: string }>();
  const addressOf = async (sdkKey: string, expires: number): Promise<string> => {
    const query = new URLSearchParams({ project: sdkKey, expires: String(expires) });
    query.set('signature', await sign(`${sdkKey}\n${expires}`));
    return `${PATH}?${query}`;
  };
  return {
    create({ sdkKey }) {
      // In steps of an hour, so that the address does not change the tag of the response at every request.
      const expires = tokens === undefined ? 0 : (Math.floor(Date.now() / HOUR_MS) + 1) * HOUR_MS + LIFETIME_MS;
      const known = current.get(sdkKey);
      if (known?.expires === expires) return known.address;
      const keep = (address: string): string => {
        current.set(sdkKey, { expires, address });
        return address;
      };
      if (tokens === undefined) return keep(`${PATH}?${new URLSearchParams({ project: sdkKey })}`);
      return addressOf(sdkKey, expires).then(keep);
    },
    async check(query) {
      const project = query.get('project') ?? '';
      if (tokens === undefined) return project;
      const expires = query.get('expires') ?? '';
      const expected = await sign(`${project}\n${expires}`);
      const isSigned = isSameText(expected, query.get('signature') ?? '');
      return isSigned && Number(expires) > Date.now() ? project : null;
    },
  };
}

/** Opens the stream of one project. A client that reconnects after a change is notified at once. */
export function openChangeStream(
  project: ProjectOptions,
  stream: NotificationStream,
  streams: OpenStreams,
  request: Request,
): Response {
  const last = request.headers.get('last-event-id');
  let told: string | undefined;
  return streams.open((send) =>
    stream.subscribe(last !== null && isStreamId(last) ? last : null, ({ id, project: sdkKey, type, data }) => {
      // Every instance reports a new datafile; the client needs to be notified once.
      if (sdkKey !== project.sdkKey || type !== 'project_config_update' || data === told) return;
      told = data;
      send({ id, event: 'message', data: JSON.stringify({ type: 'refetchEvaluation', etag: revisionTag(data) }) });
    }),
  );
}

/** A hint for the next request, not an ETag for a conditional one. */
function revisionTag(data: string): string {
  return `"revision-${(JSON.parse(data) as { Revision?: string }).Revision ?? ''}"`;
}

async function importKey(tokens: readonly AccessToken[]): Promise<CryptoKey> {
  const secret = JSON.stringify(tokens.map(({ token }) => token).sort());
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  return crypto.subtle.importKey('raw', new TextEncoder().encode(secret), algorithm, false, ['sign']);
}
