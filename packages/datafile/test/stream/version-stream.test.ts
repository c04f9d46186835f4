import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createPollingConfig } from '../../src/index.ts';
import { versionStream } from '../../src/stream/index.ts';
import { observe } from '../observed-source.ts';
import { datafileText } from '../sample-datafile.ts';

/** A CDN whose datafile is replaced while clients listen for it. */
async function startCdn() {
  let revision = '1';
  const streams = new Set<ServerResponse>();
  const opened: (string | undefined)[] = [];
  let polls = 0;
  let refuses = false;
  const server = createServer((request, response) => {
    const etag = `"${revision}"`;
    if (request.url?.endsWith('/events')) {
      opened.push(request.headers.authorization);
      if (refuses) {
        response.writeHead(404).end();
        return;
      }
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      streams.add(response);
      response.on('close', () => streams.delete(response));
      response.write(`event: datafile\ndata: ${JSON.stringify({ revision, etag })}\n\n`);
      return;
    }
    polls += 1;
    if (request.headers['if-none-match'] === etag) response.writeHead(304).end();
    else response.writeHead(200, { etag }).end(datafileText(revision));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    opened,
    streams,
    get polls() {
      return polls;
    },
    refuse(value: boolean) {
      refuses = value;
    },
    publish(next: string, data = JSON.stringify({ revision: next, etag: `"${next}"` })) {
      revision = next;
      for (const stream of streams) stream.write(`data: ${data}\n\n`);
    },
    cut() {
      for (const stream of streams) stream.socket?.resetAndDestroy();
    },
  };
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe('a stream of versions', () => {
  it('brings a new version within a second or two, long before the next poll', async () => {
    const cdn = await startCdn();
    const { reaches, codes } = observe({
      urlTemplate: `${cdn.url}/%s.json`,
      stream: versionStream(),
      accessToken: 'token',
    });
    await reaches('1');
    await expect.poll(() => cdn.streams.size).toBe(1);
    cdn.publish('2');
    await reaches('2');
    cdn.publish('3', 'not even JSON');
    await reaches('3');
    expect(cdn.opened).toEqual(['Bearer token']);
    expect(codes()).toEqual([]);
  });

  it('asks for nothing when the version announced is the one in use', async () => {
    const cdn = await startCdn();
    const { reaches } = observe({ urlTemplate: `${cdn.url}/%s.json`, stream: versionStream() });
    await reaches('1');
    await expect.poll(() => cdn.streams.size).toBe(1);
    const { polls } = cdn;
    cdn.publish('1');
    await new Promise((resolve) => setTimeout(resolve, 100));
    // The event sent when the stream opened may have come before the document it announces.
    expect(cdn.polls - polls).toBeLessThanOrEqual(1);
  });

  it('is opened again after a reset; meanwhile polling goes on, and the outage is told once', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.2);
    const cdn = await startCdn();
    const { reaches, codes } = observe({
      urlTemplate: `${cdn.url}/%s.json`,
      stream: versionStream(),
      pollIntervalMs: 1_000,
    });
    await reaches('1');
    await expect.poll(() => cdn.streams.size).toBe(1);
    cdn.refuse(true);
    cdn.cut();
    cdn.publish('2');
    await reaches('2');
    await vi.waitFor(() => expect(cdn.opened.length).toBeGreaterThan(2), { timeout: 5_000 });
    expect(codes()).toEqual(['stream-failed']);
    cdn.refuse(false);
    await vi.waitFor(() => expect(cdn.streams.size).toBe(1), { timeout: 5_000 });
    cdn.publish('3');
    await reaches('3');
  });

  it('that repeats itself without end causes one request a second at most', async () => {
    const cdn = await startCdn();
    const { reaches } = observe({ urlTemplate: `${cdn.url}/%s.json`, stream: versionStream() });
    await reaches('1');
    await expect.poll(() => cdn.streams.size).toBe(1);
    const before = cdn.polls;
    const start = performance.now();
    for (let index = 0; index < 60; index += 1) {
      cdn.publish('1', `not an announcement ${index}`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    cdn.publish('last');
    await reaches('last');
    const seconds = (performance.now() - start) / 1_000;
    expect(cdn.polls - before).toBeGreaterThan(1);
    expect(cdn.polls - before).toBeLessThanOrEqual(2 + Math.ceil(seconds));
  });

  it('[SEC-02] that fails shows no key, token or header, whatever the transport says', async () => {
    const leaky = (input: unknown, init?: RequestInit) => {
      throw new TypeError(`cannot fetch ${input} with ${JSON.stringify(init?.headers)}`);
    };
    const { problems, codes } = observe({
      sdkKey: 'sdk-key-canary',
      accessToken: 'token-canary',
      headers: { 'x-key': 'header-canary' },
      urlTemplate: 'https://127.0.0.1/%s.json',
      stream: versionStream(),
      fetch: leaky,
    });
    await expect.poll(() => codes()).toContain('stream-failed');
    const shown = problems.map(({ message, cause }) => [message, (cause as Error).stack].join());
    expect(shown.join()).toContain('cannot fetch');
    expect(shown.join()).not.toContain('canary');
  });

  it('sends credentials to the origin of the datafile only', async () => {
    const cdn = await startCdn();
    const other = await startCdn();
    const stream = versionStream({ url: `${other.url}/events` });
    observe({ urlTemplate: `${cdn.url}/%s.json`, stream, accessToken: 'token', headers: { 'x-key': 'k' } });
    await expect.poll(() => other.opened).toEqual([undefined]);
  });

  it('ends with the source', async () => {
    const cdn = await startCdn();
    const { source } = observe({ urlTemplate: `${cdn.url}/%s.json`, stream: versionStream() });
    await expect.poll(() => cdn.streams.size).toBe(1);
    await source.close?.();
    await expect.poll(() => cdn.streams.size).toBe(0);
  });

  it('that sends no events but endless bytes is given up', async () => {
    let isOpen = true;
    const server = createServer((request, response) => {
      if (!request.url?.endsWith('/events')) {
        response.end(datafileText('1'));
        return;
      }
      response.writeHead(200).flushHeaders();
      // A write to a connection that is gone calls back with an error, before the connection says that it is closed.
      const flood = (error?: Error | null) => !error && isOpen && response.write(`: ${'x'.repeat(65_536)}`, flood);
      response.on('close', () => {
        isOpen = false;
      });
      flood();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { codes } = observe({ urlTemplate: `${url}/%s.json`, stream: versionStream() });
    await vi.waitFor(() => expect(codes()).toEqual(['stream-failed']), { timeout: 5_000 });
    await expect.poll(() => isOpen).toBe(false);
  });

  it.each([{ url: 'http://example.com/' }, { url: '' }, { url: 5 }, null, 5, 'https://example.com/events'])(
    '[CFG-12] refuses %j',
    (options) => {
      const create = () =>
        createPollingConfig({
          sdkKey: 'k',
          stream: versionStream(options as never),
          urlTemplate: 'https://cdn.example/%s',
        });
      expect(create).toThrow(expect.objectContaining({ code: 'invalid-option' }));
    },
  );

  it.each([
    ['https://cdn.example/a/%s.json', 'https://cdn.example/a/k/events'],
    ['https://cdn.example/%s.json?v=1.json#x', 'https://cdn.example/k/events?v=1.json'],
    ['https://cdn.example/%s', null],
    ['https://cdn.example/?f=%s.json', null],
  ])('[CFG-14] beside %s is %s', async (urlTemplate, expected) => {
    const asked: unknown[] = [];
    const fetch = async (url: unknown) => {
      asked.push(url);
      return new Response(null, { status: 404 });
    };
    const create = () =>
      observe({ sdkKey: 'k', urlTemplate, stream: versionStream(), fetch: fetch as typeof globalThis.fetch });
    if (expected === null) expect(create).toThrow(expect.objectContaining({ code: 'invalid-option' }));
    else {
      create();
      await expect.poll(() => asked).toContain(expected);
    }
  });

  it('may be plain http to a host that the application names', () => {
    const urlTemplate = 'http://datafiles.internal:8080/%s.json';
    const create = (insecureHosts?: string[]) =>
      createPollingConfig({ sdkKey: 'k', urlTemplate, insecureHosts, stream: versionStream() });
    expect(() => create()).toThrow(/insecureHosts/);
    expect(() => create(['other.internal'])).toThrow(/insecureHosts/);
    expect(() => create(['*.internal'])).not.toThrow();
  });
});

describe('a healthy stream of versions', () => {
  const faked = ['setTimeout', 'clearTimeout', 'performance', 'Date'] as const;

  afterEach(() => {
    vi.useRealTimers();
  });

  /** Streams of which a test decides how they end. */
  function createStreams() {
    const opened: ReadableStreamDefaultController<Uint8Array>[] = [];
    const fetch = async (url: unknown, init?: RequestInit): Promise<Response> => {
      if (!String(url).endsWith('/events')) return new Response(datafileText('1'));
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          opened.push(controller);
          init?.signal?.addEventListener('abort', () => controller.error(init.signal?.reason));
        },
      });
      return new Response(body);
    };
    return { opened, fetch: fetch as typeof globalThis.fetch };
  }

  it.each<[string, number, (stream: ReadableStreamDefaultController<Uint8Array>) => void]>([
    ['is silent for five minutes', 300, () => undefined],
    ['is closed by a proxy after a minute', 60, (stream) => stream.close()],
    ['is reset after a minute', 60, (stream) => stream.error(new Error('ECONNRESET'))],
  ])('[CFG-15] that %s is opened again, and nothing is reported', async (_name, seconds, end) => {
    vi.useFakeTimers({ toFake: [...faked] });
    vi.spyOn(Math, 'random').mockReturnValue(0.2);
    const { opened, fetch } = createStreams();
    const { codes } = observe({ stream: versionStream(), fetch });
    for (let count = 1; count < 5; count += 1) {
      await vi.advanceTimersByTimeAsync(seconds * 1_000 - 1_000);
      expect(opened).toHaveLength(count);
      end(opened[count - 1] as ReadableStreamDefaultController<Uint8Array>);
      await vi.advanceTimersByTimeAsync(1_200);
      expect(opened).toHaveLength(count + 1);
    }
    expect(codes()).toEqual([]);
  });

  it.each([
    ['at once', ''],
    ['after one event', 'data: {"etag":"1"}\n\n'],
  ])(
    '[CFG-15] whose server ends each connection %s is an outage, told once, and asked less and less often',
    async (_when, events) => {
      vi.useFakeTimers({ toFake: [...faked] });
      vi.spyOn(Math, 'random').mockReturnValue(0.9);
      const { opened, fetch } = createStreams();
      const { codes } = observe({ stream: versionStream(), fetch });
      for (let second = 0; second < 600; second += 1) {
        await vi.advanceTimersByTimeAsync(1_000);
        try {
          opened.at(-1)?.enqueue(new TextEncoder().encode(events));
          opened.at(-1)?.close();
        } catch {
          // Closed a second before.
        }
      }
      expect(opened.length).toBeLessThan(15);
      expect(codes()).toEqual(['stream-failed']);
    },
  );
});
