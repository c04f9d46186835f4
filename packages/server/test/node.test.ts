import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Span, type SpanOptions, type Tracer, trace } from '@opentelemetry/api';
import { SHOP_DATAFILE } from '@sortition/emulator/shop-datafile';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { readSettings, startDecisionServer } from '../src/node/index.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const ignore = (): void => undefined;
const silent = { debug: ignore, info: ignore, warn: ignore, error: ignore };

async function start(...more: string[]): Promise<{ url: string; stop(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'decision-server-'));
  closing.push(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'datafile.json');
  writeFileSync(path, JSON.stringify(SHOP_DATAFILE));
  const argv = ['--datafile', path, '--sdk-key', 'shop-key', '--events', 'off', '--port', '0', ...more];
  const server = await startDecisionServer(readSettings(argv, {}), { logger: silent });
  closing.push(() => server.stop());
  return server;
}

/** Sends text as it is; resolves with all that came back once the connection is closed. */
function open(url: string): { send(text: string): void; received(): string; closed: Promise<string> } {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  closing.push(() => socket.destroy());
  let received = '';
  socket.setEncoding('utf8').on('data', (text: string) => {
    received += text;
  });
  const closed = new Promise<string>((resolve) => socket.once('close', () => resolve(received)));
  socket.on('error', () => undefined);
  return { send: (text) => void socket.write(text), received: () => received, closed };
}

const HEAD =
  'POST /v1/decide HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\nx-optimizely-sdk-key: shop-key\r\n';

describe('the server on Node', () => {
  it('[SRV-06] lets clients go that send their headers or bodies too slowly, and serves others meanwhile', async () => {
    const { url } = await start('--request-timeout-ms', '1000');
    const headers = open(url);
    headers.send('POST /v1/decide HTTP/1.1\r\nhost: 127.0.0.1\r\n');
    const body = open(url);
    body.send(`${HEAD}content-length: 100\r\n\r\n{"userId":`);
    expect((await fetch(`${url}/health`)).status).toBe(200);
    for (const answer of await Promise.all([headers.closed, body.closed]))
      expect(answer).toMatch(/^(HTTP\/1.1 408 |$)/);
  }, 60_000);

  it('closes what it made and says so when its port is taken', async () => {
    const { url } = await start();
    const { port } = new URL(url);
    const profiles = { sync: true, lookup: () => null, save: ignore, close: vi.fn() } as const;
    const folder = mkdtempSync(join(tmpdir(), 'decision-server-'));
    closing.push(() => rmSync(folder, { recursive: true, force: true }));
    const path = join(folder, 'datafile.json');
    writeFileSync(path, JSON.stringify(SHOP_DATAFILE));
    const settings = readSettings(['--datafile', path, '--events', 'off', '--port', port], {});
    const message = `Port ${port} of 127.0.0.1 is already in use; stop what uses it or choose another.`;
    await expect(startDecisionServer(settings, { logger: silent, profiles })).rejects.toThrow(message);
    expect(profiles.close).toHaveBeenCalledOnce();
  });

  it.each([
    ['events', 'maybe', 'the value is not on, off or an address that begins with http:// or https://'],
    ['lab', '127.0.0.1:4010', 'the value is not an address that begins with http:// or https://'],
    ['datafile-url', '%s.json', 'the value is not an address that begins with http:// or https://'],
  ])('names the setting --%s when %s is no address', (name, value, reason) => {
    const variable = `SORTITION_${name.toUpperCase().replace('-', '_')}`;
    const message = `The setting --${name} (${variable}) is not valid: ${reason}.`;
    expect(() => readSettings(['--sdk-key', 'k', `--${name}`, value], {})).toThrow(message);
  });

  it('says in sentences which flag it does not know', () => {
    const message = "Unknown option '--nope'; --help lists the flags.";
    expect(() => readSettings(['--nope'], {})).toThrow(message);
  });

  it('takes the address of a lab as a browser copies it', () => {
    expect(readSettings(['--lab', 'http://127.0.0.1:4010/'], {}).lab).toBe('http://127.0.0.1:4010');
  });

  it('says where it cannot listen and why', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'decision-server-'));
    closing.push(() => rmSync(folder, { recursive: true, force: true }));
    const path = join(folder, 'datafile.json');
    writeFileSync(path, JSON.stringify(SHOP_DATAFILE));
    const args = ['--datafile', path, '--events', 'off', '--host', '192.0.2.1', '--port', '8080'];
    await expect(startDecisionServer(readSettings(args, {}), { logger: silent })).rejects.toThrow(
      /^The server cannot listen on port 8080 of 192\.0\.2\.1: .*EADDRNOTAVAIL.*\.$/,
    );
  });

  it('[SRV-03] refuses headers that are too large, and goes on', async () => {
    const { url } = await start();
    const large = open(url);
    large.send(`GET /health HTTP/1.1\r\nhost: 127.0.0.1\r\nx-large: ${'a'.repeat(40_000)}\r\n\r\n`);
    expect(await large.closed).toMatch(/^(HTTP\/1.1 431 |$)/);
    expect((await fetch(`${url}/health`)).status).toBe(200);
  });

  it('[SRV-07] answers what is under way when it is stopped, and takes nothing new', async () => {
    const { url, stop } = await start();
    const late = open(url);
    const body = JSON.stringify({ userId: 'ada' });
    late.send(`${HEAD}connection: close\r\ncontent-length: ${body.length}\r\n\r\n${body.slice(0, 5)}`);
    // Answered means that the connection before it is accepted too.
    expect((await fetch(`${url}/health`)).status).toBe(200);
    const stopped = stop();
    late.send(body.slice(5));
    expect(await late.closed).toMatch(/^HTTP\/1.1 200 /);
    await stopped;
    await expect(fetch(`${url}/health`)).rejects.toThrow();
  }, 60_000);

  it('makes a span of each request where an OpenTelemetry SDK is installed', async () => {
    const spans: { name: string; attributes: Record<string, unknown>; ended: boolean }[] = [];
    const tracer = {
      startActiveSpan(name: string, { attributes }: SpanOptions, work: (span: Span) => unknown) {
        const span = { name, attributes: { ...attributes }, ended: false };
        spans.push(span);
        return work({
          setAttribute: (key: string, value: unknown) => {
            span.attributes[key] = value;
          },
          setStatus: () => undefined,
          end: () => {
            span.ended = true;
          },
        } as unknown as Span);
      },
    } as unknown as Tracer;
    trace.setGlobalTracerProvider({ getTracer: () => tracer });
    closing.push(() => trace.disable());
    const { url } = await start();
    await fetch(`${url}/ofrep/v1/evaluate/flags/checkout`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ context: { targetingKey: 'ada' } }),
    });
    expect(spans).toEqual([
      {
        name: 'POST /ofrep/v1/evaluate/flags/{key}',
        attributes: {
          'http.request.method': 'POST',
          'http.route': '/ofrep/v1/evaluate/flags/{key}',
          'http.response.status_code': 200,
        },
        ended: true,
      },
    ]);
  });
});
