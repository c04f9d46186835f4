/** OpenFeature's own OFREP provider for pages, in Chromium, asking the decision server of another origin. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SHOP_DATAFILE } from '@sortition/emulator/shop-datafile';
import { canStartBrowser } from '@sortition/rig';
import { readSettings, startDecisionServer } from '@sortition/server/node';
import type { Page } from 'playwright-core';
import { afterEach, describe, expect, it } from 'vitest';
import { bundlePage } from '../src/bundle-page.js';
import { startChromium } from '../src/chromium.js';
import { openPage } from '../src/watched-page.js';

const TOKEN = 'a-public-token-for-pages';

/** An application that shows a flag, and shows it again whenever the provider says that something changed. */
const APPLICATION = `
import { OFREPWebProvider } from '@openfeature/ofrep-web-provider';
import { OpenFeature, ProviderEvents } from '@openfeature/web-sdk';
globalThis.start = async (baseUrl, apiKey) => {
  const flags = OpenFeature.getClient();
  const show = () => {
    const details = flags.getObjectDetails('checkout', {});
    document.getElementById('root').textContent = details.value.button_label + ' ' + details.variant + ' ' + details.reason;
  };
  await OpenFeature.setContext({ targetingKey: 'a' });
  await OpenFeature.setProviderAndWait(
    new OFREPWebProvider({ baseUrl, headers: [['X-API-Key', apiKey]], cacheMode: 'disabled' }),
  );
  flags.addHandler(ProviderEvents.ConfigurationChanged, show);
  flags.addHandler(ProviderEvents.ContextChanged, show);
  show();
};
globalThis.setUser = (targetingKey) => OpenFeature.setContext({ targetingKey });
`;

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function startPages(): Promise<string> {
  const script = await bundlePage(APPLICATION);
  const pages = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(`<!doctype html><link rel="icon" href="data:,"><div id="root"></div><script>${script}</script>`);
  });
  await new Promise<void>((resolve) => pages.listen(0, '127.0.0.1', resolve));
  closing.push(() => pages.close());
  return `http://127.0.0.1:${(pages.address() as AddressInfo).port}`;
}

async function startServer(origin: string): Promise<{ url: string; write(datafile: string): void }> {
  const folder = mkdtempSync(join(tmpdir(), 'ofrep-web-provider-'));
  closing.push(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'datafile.json');
  const write = (datafile: string): void => writeFileSync(path, datafile);
  write(JSON.stringify(SHOP_DATAFILE));
  const argv = ['--datafile', path, '--port', '0', '--events', 'off', '--cors', origin, '--tokens', `${TOKEN}:read`];
  const ignore = (): void => undefined;
  const logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };
  const server = await startDecisionServer(readSettings(argv, {}), { logger });
  closing.push(() => server.stop());
  return { url: server.url, write };
}

const shown = (page: Page) => page.textContent('#root');

describe.skipIf(!canStartBrowser())('OpenFeature’s OFREP provider in a page', () => {
  it('evaluates with a token for pages, for each context, and again when the datafile changed', async () => {
    const origin = await startPages();
    const server = await startServer(origin);
    const { context, close } = await startChromium();
    closing.push(close);
    const { page, complaints } = await openPage(context);
    await page.goto(origin);
    const opened = page.waitForRequest(/\/ofrep\/v1\/events\?/, { timeout: 20_000 });
    await page.evaluate(`start(${JSON.stringify(server.url)}, ${JSON.stringify(TOKEN)})`);
    expect(await shown(page)).toBe('Place order classic STATIC');
    await page.evaluate(`setUser('qa-robot')`);
    expect(await shown(page)).toMatch(/ express STATIC$/);
    await page.evaluate(`setUser('a')`);
    await opened;
    const changed = { ...SHOP_DATAFILE, revision: '2025' };
    server.write(JSON.stringify(changed).replaceAll('Place order', 'Buy now'));
    await expect.poll(() => shown(page), { timeout: 20_000 }).toBe('Buy now classic STATIC');
    expect(complaints).toEqual([]);
  }, 90_000);
});
