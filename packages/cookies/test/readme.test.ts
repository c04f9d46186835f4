/** The README's snippets are the files in `snippets/`, and those run here. */
import { readdirSync, readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { Hono } from 'hono';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readAmplitudeIdentity } from '../src/index.ts';
import { ensureDeviceId as expressDeviceId } from './snippets/express.ts';
import { ensureDeviceId as honoDeviceId } from './snippets/hono.ts';
import { identity } from './snippets/reading.ts';
import { companionCookie, knowsDevice } from './snippets/signing.ts';

const apiKey = '0123456789abcdef';

/** Sends a request with cookies; answers the device id the application saw and the cookie it set. */
type Visit = (cookie: string) => Promise<{ deviceId: string; setCookie: string | null }>;

async function visitExpress(): Promise<Visit> {
  const app = express();
  app.use(expressDeviceId(apiKey));
  app.get('/', (_request, response) => {
    response.send(response.locals.deviceId);
  });
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return async (cookie) => {
    const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { cookie } });
    return { deviceId: await response.text(), setCookie: response.headers.get('set-cookie') };
  };
}

async function visitHono(): Promise<Visit> {
  const app = new Hono().use(honoDeviceId(apiKey)).get('/', (context) => context.text(context.get('deviceId')));
  return async (cookie) => {
    const response = await app.request('/', { headers: { cookie } });
    return { deviceId: await response.text(), setCookie: response.headers.get('set-cookie') };
  };
}

describe('the README', () => {
  it('shows the snippets that are type-checked and run here', () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    const shown = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code);
    const files = readdirSync(new URL('./snippets', import.meta.url)).map((file) =>
      readFileSync(new URL(`./snippets/${file}`, import.meta.url), 'utf8').replaceAll(
        '../../src/index.ts',
        '@sortition/cookies',
      ),
    );
    expect(shown.sort()).toEqual(files.sort());
  });

  it('reads the identity it says', () => {
    expect(identity).toEqual({ deviceId: 'device-1', format: 'legacy' });
  });

  it.each([
    ['Express', visitExpress],
    ['Hono', visitHono],
  ])('gives a new visitor of %s a device id and leaves a known one alone', async (_, start) => {
    const visit = await start();
    const first = await visit('theme=dark');
    expect(first.setCookie).toMatch(/^amp_012345=[\w-]{36}\.{10}; .*Domain=\.example\.com/);
    expect(readAmplitudeIdentity(first.setCookie?.split(';')[0], apiKey).deviceId).toBe(first.deviceId);

    const second = await visit(`theme=dark; ${first.setCookie?.split(';')[0]}`);
    expect(second).toEqual({ deviceId: first.deviceId, setCookie: null });

    const optedOut = await visit(`AMP_0123456789=${btoa(encodeURIComponent('{"optOut":true}'))}`);
    expect(readAmplitudeIdentity(optedOut.setCookie?.split(';')[0], apiKey)).toEqual({
      deviceId: optedOut.deviceId,
      optOut: true,
      cookieDomain: '.example.com',
      format: 'browser-2',
    });
  });

  it('proves a device id with a companion cookie', async () => {
    const key = 'a key of enough characters';
    const companion = (await companionCookie('device-1', key)).split(';')[0]?.slice('device_proof='.length);
    expect(await knowsDevice('device-1', companion, [key])).toBe(true);
    expect(await knowsDevice('device-2', companion, [key])).toBe(false);
    expect(await knowsDevice('device-1', undefined, [key])).toBe(false);
  });
});
