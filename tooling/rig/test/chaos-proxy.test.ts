import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type ChaosProxy, startChaosProxy } from '../src/index.ts';
import { type Connection, open, startEcho } from './connection.ts';

async function startEchoProxy(): Promise<ChaosProxy> {
  const proxy = await startChaosProxy({ port: await startEcho() });
  onTestFinished(() => proxy.close());
  return proxy;
}

async function echo(connection: Connection, text: string): Promise<number> {
  const start = performance.now();
  const before = connection.received().length;
  connection.socket.write(text);
  await vi.waitFor(() => expect(connection.received()).toHaveLength(before + text.length), {
    timeout: 5_000,
    interval: 5,
  });
  return performance.now() - start;
}

describe('the chaos proxy', () => {
  it('passes bytes on both ways, and the end of either side', async () => {
    const proxy = await startEchoProxy();
    const connection = open(proxy.port);
    const text = 'x'.repeat(1_000_000);
    await echo(connection, text);
    expect(connection.received()).toBe(text);
    expect(proxy).toMatchObject({ accepted: 1, open: 1 });
    connection.socket.end();
    expect(await connection.ended).toBe('fin');
    await expect.poll(() => proxy.open).toBe(0);
  });

  it('latency delays every chunk, with jitter around it', async () => {
    const proxy = await startEchoProxy();
    const connection = open(proxy.port);
    proxy.set({ downstream: { latencyMs: 100, jitterMs: 20 } });
    expect(await echo(connection, 'a')).toBeGreaterThan(75);
    proxy.set({ upstream: { latencyMs: 60 }, downstream: { latencyMs: 60 } });
    expect(await echo(connection, 'b')).toBeGreaterThan(110);
    proxy.set({});
    expect(await echo(connection, 'c')).toBeLessThan(2_000);
  });

  it('down resets what is open and refuses what comes, up listens on the same port again', async () => {
    const proxy = await startEchoProxy();
    const connection = open(proxy.port);
    await echo(connection, 'a');
    await proxy.down();
    expect(await connection.ended).toBe('ECONNRESET');
    expect(await open(proxy.port).ended).toBe('ECONNREFUSED');
    await proxy.up();
    await echo(open(proxy.port), 'b');
  });

  it('bandwidth throttles', async () => {
    const proxy = await startEchoProxy();
    const connection = open(proxy.port);
    proxy.set({ downstream: { bytesPerSecond: 10_000 } });
    expect(await echo(connection, 'x'.repeat(2_000))).toBeGreaterThan(190);
  });

  it('slow_close holds the end back', async () => {
    const proxy = await startEchoProxy();
    const connection = open(proxy.port);
    proxy.set({ downstream: { slowCloseMs: 120 } });
    await echo(connection, 'a');
    const start = performance.now();
    connection.socket.end();
    expect(await connection.ended).toBe('fin');
    expect(performance.now() - start).toBeGreaterThan(110);
  });

  it('timeout stops the data and ends the connection later', async () => {
    const proxy = await startEchoProxy();
    proxy.set({ upstream: { timeoutMs: 100 } });
    const connection = open(proxy.port);
    connection.socket.write('a');
    await connection.ended;
    expect(connection.received()).toBe('');
    expect(connection.endedAfterMs()).toBeGreaterThan(90);
  });

  it('reset_peer resets after a while', async () => {
    const proxy = await startEchoProxy();
    proxy.set({ downstream: { resetPeerMs: 50 } });
    const connection = open(proxy.port);
    connection.socket.write('a');
    expect(await connection.ended).toBe('ECONNRESET');
    expect(connection.received()).toBe('a');
  });

  it('slicer cuts the stream in pieces with pauses between', async () => {
    const proxy = await startEchoProxy();
    proxy.set({ downstream: { sliceBytes: 3, sliceDelayMs: 20 } });
    const connection = open(proxy.port);
    const pieces: number[] = [];
    connection.socket.on('data', (chunk) => pieces.push(chunk.length));
    expect(await echo(connection, 'abcdefgh')).toBeGreaterThan(35);
    expect(pieces).toEqual([3, 3, 2]);
    expect(connection.received()).toBe('abcdefgh');
  });

  it.each([
    ['fin', 'fin'],
    ['rst', 'ECONNRESET'],
  ] as const)('limit_data lets so many bytes through, then ends with %s', async (limitEnd, ended) => {
    const proxy = await startEchoProxy();
    proxy.set({ downstream: { limitBytes: 5, limitEnd } });
    const connection = open(proxy.port);
    connection.socket.write('abc');
    connection.socket.write('defgh');
    expect(await connection.ended).toBe(ended);
    expect(connection.received()).toBe('abcde');
  });

  it('limit_data upstream cuts what the server gets', async () => {
    const proxy = await startEchoProxy();
    proxy.set({ upstream: { limitBytes: 4 } });
    const connection = open(proxy.port);
    connection.socket.write('abcdefgh');
    await connection.ended;
    expect(connection.received().length).toBeLessThanOrEqual(4);
  });

  it('blackhole swallows everything, the end too, and keeps the connection', async () => {
    const proxy = await startEchoProxy();
    proxy.set({ downstream: { blackhole: true } });
    const connection = open(proxy.port);
    connection.socket.end('a');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(connection.received()).toBe('');
    expect(proxy.open).toBe(1);
  });

  it('corrupt inverts one byte of the stream', async () => {
    const proxy = await startEchoProxy();
    proxy.set({ upstream: { corruptAt: 4 } });
    const connection = open(proxy.port);
    await echo(connection, 'abc');
    connection.socket.write('def');
    const bytes = Buffer.from('abcdef');
    bytes[4] = 'e'.charCodeAt(0) ^ 0xff;
    await expect.poll(() => connection.received()).toBe(bytes.toString());
  });
});
