/** The snippets of documents, run as they stand but for the addresses: the datafile comes from this machine, and events go there. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buildDatafile, event, experiment, flag, rollout, variables } from '@sortition/authoring';

const ROOT = join(import.meta.dirname, '../../..');
/** Inside of the package, so that imports are found as those of its tests are. */
const FOLDER = join(import.meta.dirname, '../.reports/snippets');
const SOURCES = join(import.meta.dirname, '../src');
/** A module is run once: each import is of another file. */
let imported = 0;
const FENCE = /^```tsx?([^\n]*)\n(.*?)^```$/gms;

/** What the snippets speak of: everyone gets the short checkout, the banner and the offer. */
const { datafile } = buildDatafile([
  flag('checkout', {
    variables: variables({ steps: 4, label: 'Place order' }),
    variations: { classic: {}, one_page: { steps: 1 } },
    rules: [experiment('checkout_redesign', { split: { one_page: 100 } }), rollout({ serve: 'classic' })],
  }),
  flag('banner', { variations: { on: {} }, rules: [rollout({ serve: 'on' })] }),
  flag('offer', { variations: { on: {} }, rules: [experiment('offer_test', { split: { on: 100 } })] }),
  event('purchase'),
]);

/** A server of the datafile, and of events. */
export interface SnippetServer {
  /** Event keys, and for impressions `impression of <user>`, in the order they came. */
  readonly events: string[];
  readonly url: string;
  close(): Promise<void>;
}

/** Starts a server. */
export async function startSnippetServer(): Promise<SnippetServer> {
  const events: string[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    // A page of jsdom asks before it posts to another origin.
    response.setHeader('access-control-allow-origin', '*').setHeader('access-control-allow-headers', '*');
    let body = '';
    for await (const chunk of request) body += chunk;
    if (request.method === 'GET') return void response.end(JSON.stringify(datafile));
    if (request.method === 'POST') events.push(...readEvents(body));
    response.writeHead(204).end();
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    events,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

interface SentBatch {
  readonly visitors: readonly {
    readonly visitor_id: string;
    readonly snapshots: readonly { readonly events: readonly { readonly key: string }[] }[];
  }[];
}

function readEvents(body: string): readonly string[] {
  const { visitors } = JSON.parse(body) as SentBatch;
  return visitors.flatMap(({ visitor_id, snapshots }) =>
    snapshots
      .flatMap(({ events }) => events)
      .map(({ key }) => (key === 'campaign_activated' ? `impression of ${visitor_id}` : key)),
  );
}

/** Returns how many snippets a document has that another test does not run. */
export function countSnippets(document: string): number {
  return readSnippets(document).length;
}

/**
 * Imports a snippet: `index` of those that `tooling/release/snippets` does not run itself.
 *
 * @param url of the server, for the clients that the snippet makes.
 */
export async function importSnippet(document: string, index: number, url = ''): Promise<Record<string, unknown>> {
  const code = readSnippets(document)[index] ?? '';
  imported += 1;
  const path = join(FOLDER, `${process.pid}-${imported}.tsx`);
  const local = code
    .replaceAll("'@sortition/react'", `'${SOURCES}/index.ts'`)
    .replaceAll("'@sortition/react/server'", `'${SOURCES}/server.ts'`)
    .replaceAll(
      /createPollingConfig\(\{ sdkKey(: '[\w-]+')? \}\)/g,
      `createPollingConfig({ sdkKey$1, urlTemplate: '${url}/%s.json' })`,
    )
    .replaceAll('createBatchEvents()', `createBatchEvents({ endpoint: '${url}/events', flushIntervalMs: 50 })`);
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(path, `/** @jsxImportSource react */\n${local}`);
  return import(/* @vite-ignore */ path).finally(() => rmSync(path));
}

function readSnippets(document: string): readonly string[] {
  const text = readFileSync(join(ROOT, document), 'utf8');
  return [...text.matchAll(FENCE)].flatMap(([, marks = '', code = '']) => (/\brun\b/.test(marks) ? [] : [code]));
}
