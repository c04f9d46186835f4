// @vitest-environment node
/** The snippet of the README for servers: a page without scripts loads its image, and the impression is counted. */
import type { ReactNode } from 'react';
import { renderToString } from 'react-dom/server';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { importSnippet, type SnippetServer, startSnippetServer } from './documents.ts';

interface ServerSnippet {
  readonly client: { ready(): Promise<void>; close(): Promise<void> };
  Page(props: { visitorId: string }): Promise<ReactNode>;
  GET(request: Request): Promise<Response>;
  POST(request: Request): Promise<Response>;
}

let server: SnippetServer;
beforeAll(async () => {
  server = await startSnippetServer();
});
afterAll(() => server.close());

it('the page of the README and its route count an impression once, without scripts and with them', async () => {
  const snippet = await importSnippet('packages/react/README.md', 2, server.url);
  const { client, Page, GET, POST } = snippet as unknown as ServerSnippet;
  await client.ready();
  const html = renderToString(await Page({ visitorId: 'ada' }));
  const [, path = '', token = ''] = /<img src="(\/api\/seen\?t=([\w-]+))"/.exec(html) ?? [];
  expect(html).toContain('The components that use the hooks');
  expect((await GET(new Request(`https://shop.example${path}`))).headers.get('content-type')).toBe('image/gif');
  const posted = new Request('https://shop.example/api/seen', { method: 'POST', body: token });
  expect((await POST(posted)).status).toBe(204);
  await vi.waitFor(() => expect(server.events).toEqual(['impression of ada']), { timeout: 10_000 });
  await client.close();
  expect(server.events).toEqual(['impression of ada']);
});
