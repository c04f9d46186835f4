/** Sortition as an implementation. */
import { createOdp } from '@sortition/odp';
import { createBatchEvents, createClient, createStaticConfig, type UserProfileStore } from 'sortition';
import { readVersion } from '../package-folder.ts';
import { AREAS, PROTOCOL } from '../protocol.ts';
import type { Implementation } from '../run-conformance.ts';
import { answerRows, type ClientOptions, type TriedClient } from './client-adapter.ts';

/** Creates the implementation. */
export function createSortitionAdapter(): Implementation {
  return {
    info: () => Promise.resolve({ protocol: PROTOCOL, name: 'sortition', version: readVersion(), areas: AREAS }),
    run: (request) => answerRows(create, request),
  };
}

function create({ datafile, client, profiles, onEvent, answerSegments }: ClientOptions): TriedClient {
  return createClient({
    // As text: a member called __proto__ is one like any other.
    config: createStaticConfig({ datafile: JSON.stringify(datafile) }),
    logger: false,
    defaultDecideOptions: (client.defaultOptions ?? []) as never,
    ...(client.profiles && { profiles: profiles as UserProfileStore }),
    ...(answerSegments && {
      odp: createOdp({
        allowedHosts: platformHosts(datafile),
        fetch: (url, init) => Promise.resolve(answerFetch(answerSegments, url, init)),
      }),
    }),
    events: createBatchEvents({
      fetch: (url, init) => {
        onEvent(readRequest(url, init));
        return Promise.resolve(new Response(null, { status: 204 }));
      },
    }),
  }) as unknown as TriedClient;
}

/** The datafile of a vector may name any host. */
function platformHosts(datafile: object): string[] {
  const { integrations = [] } = datafile as { integrations?: readonly { host?: string }[] };
  return integrations.flatMap(({ host }) => (host === undefined ? [] : [new URL(host).host]));
}

function answerFetch(
  answer: NonNullable<ClientOptions['answerSegments']>,
  url: unknown,
  init: RequestInit | undefined,
): Response {
  const { status, body } = answer(readRequest(url, init));
  return new Response(body, { status, headers: { 'content-type': 'application/json' } });
}

function readRequest(url: unknown, init: RequestInit | undefined) {
  const headers: Record<string, string> = {};
  new Headers(init?.headers).forEach((value, name) => {
    headers[name] = value;
  });
  return {
    url: String(url),
    method: init?.method ?? 'GET',
    headers,
    body: String(init?.body ?? ''),
  };
}
