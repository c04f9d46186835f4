/** @jsxImportSource react */
/** The snippets of the README and of the guide for React do what they are there for. */

import { createTestClient } from '@sortition/testing';
import { act, cleanup, render, screen } from '@testing-library/react';
import type { ComponentType, ReactElement } from 'react';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { FlagsProvider, useDecision } from '../src/index.ts';
import { countSnippets, importSnippet, type SnippetServer, startSnippetServer } from './documents.ts';
import { createGoldClient } from './gold-client.ts';
import { createShopClient, shopSnapshot } from './shop.ts';

const README = 'packages/react/README.md';
const GUIDE = 'docs/guides/react.md';

let server: SnippetServer;
let complaints: unknown[][];
beforeAll(async () => {
  server = await startSnippetServer();
});
afterAll(() => server.close());
beforeEach(() => {
  server.events.length = 0;
  complaints = [];
  for (const level of ['error', 'warn'] as const) {
    vi.spyOn(console, level).mockImplementation((...message) => void complaints.push(message));
  }
});
afterEach(() => {
  cleanup();
  document.body.replaceChildren();
  vi.restoreAllMocks();
  expect(complaints).toEqual([]);
});

const text = (): string => document.body.textContent ?? '';
const showsText = (wanted: string) => vi.waitFor(() => expect(text()).toBe(wanted), { timeout: 10_000 });
const events = (...wanted: string[]) =>
  vi.waitFor(() => expect([...server.events].sort()).toEqual(wanted.sort()), { timeout: 10_000 });

// It registers a test of its own.
await importSnippet(GUIDE, 5);

it.each([
  [README, 0],
  [GUIDE, 0],
])('%s decides in the browser, from waiting to a purchase', async (path, index) => {
  const { App } = (await importSnippet(path, index, server.url)) as { App: ComponentType<{ userId: string }> };
  render(<App userId="ada" />);
  expect(text()).toBe('One moment');
  await showsText('Buy now');
  await act(async () => screen.getByRole('button').click());
  await events('impression of ada', 'purchase');
});

it('the typed hooks of the README are those of the package', async () => {
  const snippet = await importSnippet(README, 1);
  const { useDecision, useVariable } = snippet as Record<
    string,
    (...keys: unknown[]) => { decision: { variationKey: string } }
  >;
  const Checkout = () => `${useDecision?.('checkout').decision.variationKey} ${useVariable?.('checkout', 'steps', 9)}`;
  render(
    <FlagsProvider client={createShopClient()} user={{ id: 'ada' }}>
      <Checkout />
    </FlagsProvider>,
  );
  expect(text()).toBe('classic 4');
});

it('the test of the README has a tree that can be rendered', async () => {
  const { tree } = (await importSnippet(README, 3)) as { tree: ReactElement };
  render(tree);
  expect(text()).toBe('one_page');
});

it('a component of the guide suspends until its decision is there', async () => {
  const { App } = (await importSnippet(GUIDE, 1, server.url)) as { App: ComponentType<{ userId: string }> };
  await act(async () => render(<App userId="ada" />));
  expect(text()).toBe('One moment');
  await showsText('News');
});

it.each([
  ['hydrates what the server rendered with a snapshot', true],
  ['renders without one', false],
])('the start of the guide %s', async (_name, hasSnapshot) => {
  const flags = `<script type="application/json" id="flags">${JSON.stringify(shopSnapshot())}</script>`;
  // What the component of the snippet is on a server.
  document.body.innerHTML = hasSnapshot ? `<div id="root"><h1>classic</h1></div>${flags}` : '<div id="root"></div>';
  const before = document.querySelector('h1');
  await act(async () => void (await importSnippet(GUIDE, 2)));
  expect(document.querySelector('h1')?.textContent).toBe(hasSnapshot ? 'classic' : 'undecided');
  if (hasSnapshot) expect(document.querySelector('h1')).toBe(before);
});

it('an offer of the guide counts once it is in view', async () => {
  let show = (): void => undefined;
  vi.stubGlobal(
    'IntersectionObserver',
    class {
      constructor(tell: (entries: { isIntersecting: boolean }[]) => void) {
        show = () => tell([{ isIntersecting: true }]);
      }
      readonly observe = () => undefined;
      readonly disconnect = () => undefined;
    },
  );
  const { Offer } = (await importSnippet(GUIDE, 3)) as { Offer: ComponentType };
  const client = createTestClient({ flags: { offer: { variationKey: 'on' } } });
  render(
    <FlagsProvider client={client} user={{ id: 'ada' }}>
      <Offer />
    </FlagsProvider>,
  );
  expect(client.recorded.impressions).toEqual([]);
  await act(async () => show());
  expect(client.recorded.impressions).toMatchObject([{ flagKey: 'offer', userId: 'ada' }]);
  vi.unstubAllGlobals();
});

it('a component of the guide loads segments and forces a decision', async () => {
  const { LoadSegments } = (await importSnippet(GUIDE, 4)) as { LoadSegments: ComponentType };
  const client = createGoldClient();
  const loads = vi.fn();
  const { createUserContext } = client;
  vi.spyOn(client, 'createUserContext').mockImplementation((...given) => {
    const user = createUserContext.apply(client, given);
    const { load } = user;
    user.load = (options) => {
      loads(options);
      return load.call(user, options);
    };
    return user;
  });
  const Checkout = () => <output>{useDecision('checkout').decision.variationKey}</output>;
  render(
    <FlagsProvider client={client} user={{ id: 'ada' }}>
      <LoadSegments />
      <Checkout />
    </FlagsProvider>,
  );
  expect(screen.getByRole('status').textContent).toBe('classic');
  expect(loads).toHaveBeenCalledWith({ timeoutMs: 300 });
  await act(async () => screen.getByRole('button').click());
  expect(screen.getByRole('status').textContent).toBe('one_page');
});

it('the migration of the guide does what the table says', async () => {
  const { App } = (await importSnippet(GUIDE, 6, server.url)) as {
    App: ComponentType<{ id: string; attributes: { plan: string } }>;
  };
  render(<App id="ada" attributes={{ plan: 'gold' }} />);
  await showsText('Checkout in 1 stepsBuy nownot in the testBuy now');
  await act(async () => screen.getAllByRole('button')[0]?.click());
  await events('impression of ada', 'impression of grace', 'purchase');
  await act(async () => screen.getByRole('button', { name: 'not in the test' }).click());
  expect(text()).toBe('Checkout in 4 stepsCheck outnot in the testBuy now');
  await events('impression of ada', 'impression of ada', 'impression of grace', 'purchase');
});

it('leaves no snippet of the guide untried', () => {
  expect(countSnippets(GUIDE)).toBe(7);
  expect(countSnippets(README)).toBe(4);
});
