/** One direction of a proxied connection: moves bytes from one socket to another, in order, through the toxics. */
import type { Socket } from 'node:net';
import { resetSocket } from './reset-socket.ts';
import type { Toxics } from './toxics.ts';

/** Bytes that wait inside the proxy before the sending side is paused. */
const HIGH_WATER_BYTES = 262_144;

/**
 * Pipes `from` into `to`. The toxics are read anew for every chunk, so that they may change while a connection lives.
 */
export function pipeThroughToxics(from: Socket, to: Socket, toxics: () => Toxics): void {
  const state = { offset: 0, waitingBytes: 0, isOver: false };
  let tail: Promise<void> = Promise.resolve();
  const enqueue = (work: () => Promise<void>) => {
    tail = tail.then(async () => {
      if (!state.isOver) await work();
    });
  };
  const end = (how: 'fin' | 'rst') => {
    if (state.isOver) return;
    state.isOver = true;
    if (how === 'fin') {
      to.end();
      from.destroy();
    } else {
      resetSocket(to);
      resetSocket(from);
    }
  };

  from.once('data', () => {
    const { resetPeerMs, timeoutMs } = toxics();
    if (resetPeerMs !== undefined) setTimeout(() => end('rst'), resetPeerMs).unref();
    if (timeoutMs) setTimeout(() => end('fin'), timeoutMs).unref();
  });
  from.on('data', (chunk: Buffer) => {
    state.waitingBytes += chunk.byteLength;
    if (state.waitingBytes > HIGH_WATER_BYTES) from.pause();
    enqueue(async () => {
      await deliver(chunk);
      state.waitingBytes -= chunk.byteLength;
      if (from.isPaused() && state.waitingBytes <= HIGH_WATER_BYTES) from.resume();
    });
  });
  from.on('end', () =>
    enqueue(async () => {
      const { slowCloseMs, blackhole, timeoutMs } = toxics();
      if (blackhole || timeoutMs !== undefined) return;
      if (slowCloseMs !== undefined) await pause(slowCloseMs);
      to.end();
    }),
  );
  from.on('error', () => resetSocket(to));
  from.on('close', () => {
    // After an end the queue still delivers; a broken connection delivers nothing more.
    if (!from.readableEnded) state.isOver = true;
  });

  async function deliver(chunk: Buffer): Promise<void> {
    const { blackhole, timeoutMs, corruptAt, limitBytes, limitEnd = 'fin', sliceBytes, sliceDelayMs = 0 } = toxics();
    if (blackhole || timeoutMs !== undefined) return;
    let bytes = corrupt(chunk, state.offset, corruptAt);
    const isLast = limitBytes !== undefined && state.offset + bytes.byteLength >= limitBytes;
    if (isLast) bytes = bytes.subarray(0, Math.max(0, limitBytes - state.offset));
    state.offset += bytes.byteLength;
    for (let start = 0; start < bytes.byteLength && !state.isOver; start += sliceBytes ?? bytes.byteLength) {
      if (start > 0) await pause(sliceDelayMs);
      await send(bytes.subarray(start, start + (sliceBytes ?? bytes.byteLength)));
    }
    if (isLast) end(limitEnd);
  }

  async function send(bytes: Buffer): Promise<void> {
    const { latencyMs = 0, jitterMs = 0, bytesPerSecond } = toxics();
    const delayMs = Math.max(0, latencyMs + (Math.random() * 2 - 1) * jitterMs);
    if (delayMs > 0) await pause(delayMs);
    if (bytesPerSecond !== undefined) await pause((bytes.byteLength / bytesPerSecond) * 1_000);
    if (to.writable) await new Promise<void>((resolve) => to.write(bytes, () => resolve()));
  }
}

function corrupt(chunk: Buffer, offset: number, corruptAt: number | undefined): Buffer {
  const index = corruptAt === undefined ? -1 : corruptAt - offset;
  if (index < 0 || index >= chunk.byteLength) return chunk;
  const copy = Buffer.from(chunk);
  copy.writeUInt8(copy.readUInt8(index) ^ 0xff, index);
  return copy;
}

function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs));
}
