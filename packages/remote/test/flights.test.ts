import { describe, expect, it, vi } from 'vitest';
import { createFlights } from '../src/flights.ts';

/** Work that ends when the test says so. */
function createWork() {
  const settle: { resolve(value: string): void; reject(error: unknown): void; signal: AbortSignal }[] = [];
  const start = vi.fn(
    (signal: AbortSignal) =>
      new Promise<string>((resolve, reject) => {
        settle.push({ resolve, reject, signal });
      }),
  );
  return { settle, start };
}

describe('createFlights', () => {
  it('shares work by key and forgets it when it has settled', async () => {
    const flights = createFlights<string>(60_000);
    const { settle, start } = createWork();
    const both = [flights.join('a', null, start), flights.join('a', null, start)];
    const other = flights.join('b', null, start);
    expect(start).toHaveBeenCalledTimes(2);
    expect(flights.has('a')).toBe(true);
    settle[0]?.resolve('A');
    settle[1]?.reject(new Error('B'));
    expect(await Promise.all(both)).toEqual(['A', 'A']);
    await expect(other).rejects.toThrow('B');
    expect(flights.has('a') || flights.has('b')).toBe(false);
  });

  it('starts anew for a caller that comes after the last one has left, though the work has not ended yet', async () => {
    const flights = createFlights<string>(60_000);
    const { settle, start } = createWork();
    const leaving = new AbortController();
    const left = flights.join('a', leaving.signal, start);
    leaving.abort();
    const next = flights.join('a', null, start);
    await expect(left).rejects.toMatchObject({ code: 'aborted' });
    settle[0]?.reject(new Error('aborted'));
    settle[1]?.resolve('A');
    expect(await next).toBe('A');
    expect(start).toHaveBeenCalledTimes(2);
  });

  it('lets one caller leave, and ends the work when the last one has left', async () => {
    const flights = createFlights<string>(60_000);
    const { settle, start } = createWork();
    const [first, second] = [new AbortController(), new AbortController()];
    const waiting = [flights.join('a', first.signal, start), flights.join('a', second.signal, start)];
    first.abort();
    await expect(waiting[0]).rejects.toMatchObject({ code: 'aborted' });
    expect(settle[0]?.signal.aborted).toBe(false);
    second.abort();
    await expect(waiting[1]).rejects.toMatchObject({ code: 'aborted' });
    expect(settle[0]?.signal.aborted).toBe(true);
    settle[0]?.reject(new Error('aborted'));
  });

  it('rejects at once for a signal that is aborted already', async () => {
    const flights = createFlights<string>(60_000);
    const { settle, start } = createWork();
    await expect(flights.join('a', AbortSignal.abort(), start)).rejects.toMatchObject({ code: 'aborted' });
    settle[0]?.resolve('late');
  });

  it('starts work of its own when that of another one does not end', async () => {
    const flights = createFlights<string>(10);
    const { settle, start } = createWork();
    const dead = flights.join('a', null, start);
    const joined = flights.join('a', null, start);
    await expect.poll(() => start).toHaveBeenCalledTimes(2);
    settle[1]?.resolve('own');
    expect(await joined).toBe('own');
    settle[0]?.resolve('late');
    expect(await dead).toBe('late');
  });
});
