import { execFileSync, spawn } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { StoredEvent } from '../../src/index.ts';
import { createFileEventStore, type FileEventStoreOptions } from '../../src/node/index.ts';
import { attachSink, startCollector, until } from '../collector.ts';
import { createImpression } from '../recorded-events.ts';
import { compileForNode } from './compile-for-node.ts';

/** A directory that is gone when the test is. */
function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'sortition-events-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Files below the directory that this process has open. */
function openFiles(directory: string): string[] {
  return readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith(directory);
    } catch {
      return false; // closed meanwhile
    }
  });
}

/** Every file with events below the directory. */
function eventFiles(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.events'))
    .map((name) => join(directory, name));
}

function storedEvent(uuid: string, changes: Partial<StoredEvent> = {}): StoredEvent {
  return {
    uuid,
    storedAt: Date.now(),
    context: {
      region: 'US',
      botFiltering: null,
      envelope: {
        client_name: 'test-client',
        client_version: '1.2.3',
        account_id: 'account',
        project_id: 'project',
        revision: '7',
        anonymize_ip: true,
        enrich_decisions: true,
      },
    },
    visitor: JSON.stringify({
      snapshots: [{ events: [{ entity_id: 'e1', timestamp: 1, key: 'purchase', uuid }] }],
      visitor_id: 'ada',
      attributes: [],
    }),
    ...changes,
  };
}

/** Ids a store finds left behind. */
function leftIn(directory: string, leaseMs = 60_000): string[] {
  const store = createFileEventStore({ directory, leaseMs });
  const uuids: string[] = [];
  for (let more = true; more; ) {
    const left = store.takeLeft(100);
    if (left instanceof Promise) throw new Error('the file store is synchronous');
    uuids.push(...left.events.map(({ uuid }) => uuid));
    more = left.more;
  }
  store.close?.();
  return uuids.sort();
}

describe('[EVT-08] a file store', () => {
  test('keeps what was not delivered for the next process, and nothing that was', async () => {
    const directory = temporaryDirectory();
    const collector = await startCollector();
    const first = attachSink({ endpoint: collector.endpoint, store: createFileEventStore({ directory }) }).sink;
    const delivered = createImpression();
    first.record(delivered);
    await first.flush();
    collector.lab.faults.set('events', { kind: 'hang' });
    const kept = Array.from({ length: 25 }, () => createImpression());
    for (const event of kept) first.record(event);
    expect(await first.close({ timeoutMs: 1_000 })).toEqual({ delivered: 1, dropped: 0, pending: 25 });
    collector.lab.faults.clear();
    const second = attachSink({ endpoint: collector.endpoint, store: createFileEventStore({ directory }) }).sink;
    await until(() => second.stats().delivered === 25);
    expect(second.stats()).toMatchObject({ produced: 0, recovered: 25, delivered: 25, dropped: 0, pending: 0 });
    expect(collector.uuids()).toEqual([delivered, ...kept].map(({ uuid }) => uuid).sort());
    expect(collector.lab.events.counts.duplicates).toBe(0);
    expect([...collector.store.events.values()].every(({ clientName }) => clientName === 'test-client')).toBe(true);
    await second.close();
    expect(readdirSync(directory)).toEqual([]);
  });

  test('is read no faster than the queue has room by count and bytes, and to the end all the same', async () => {
    const directory = temporaryDirectory();
    const store = createFileEventStore({ directory });
    const uuids = Array.from({ length: 60 }, (_, i) => `e${String(i).padStart(2, '0')}`);
    for (const uuid of uuids) {
      const { visitor } = storedEvent(uuid);
      store.add(storedEvent(uuid, { visitor: JSON.stringify({ ...JSON.parse(visitor), pad: 'x'.repeat(20_000) }) }));
    }
    store.close?.();
    const collector = await startCollector();
    const pending: number[] = [];
    const { sink } = attachSink({
      endpoint: collector.endpoint,
      store: createFileEventStore({ directory }),
      maxQueueSize: 30,
      maxQueueBytes: 400_000,
      maxEventBytes: 25_000,
      fetch: (url, init) => {
        pending.push(sink.stats().pending);
        return fetch(url, init);
      },
    });
    await until(() => sink.stats().delivered === 60);
    expect(collector.uuids()).toEqual(uuids);
    expect(Math.max(...pending)).toBe(8);
  });

  test('skips torn and corrupt entries and reads all others', () => {
    const directory = temporaryDirectory();
    const store = createFileEventStore({ directory });
    for (const uuid of ['a', 'b', 'c', 'd']) store.add(storedEvent(uuid));
    const [file = ''] = eventFiles(directory);
    const lines = readFileSync(file, 'utf8').split('\n');
    lines[1] = `${lines[1]?.slice(0, 40)}!${lines[1]?.slice(41)}`;
    writeFileSync(file, `${lines.join('\n')}${lines[0]?.slice(0, 60)}`);
    store.add(storedEvent('e'));
    store.close?.();
    const next = createFileEventStore({ directory });
    const left = next.takeLeft(100) as { events: readonly StoredEvent[]; lost: number };
    expect(left.events.map(({ uuid }) => uuid)).toEqual(['a', 'c', 'd']);
    // The torn line and the entry that was appended to it, which a living process would not have done.
    expect(left.lost).toBe(2);
    next.close?.();
  });

  test('begins a line of its own after a torn one it takes over', () => {
    const directory = temporaryDirectory();
    const first = createFileEventStore({ directory });
    first.add(storedEvent('a'));
    first.add(storedEvent('b'));
    appendFileSync(eventFiles(directory)[0] ?? '', '0123456789abcdef {"torn');
    first.close?.();
    const second = createFileEventStore({ directory });
    second.takeLeft(100);
    second.remove(['a']);
    second.close?.();
    expect(leftIn(directory)).toEqual(['b']);
  });

  test('refuses more than maxBytes with store-failed; the events stay in memory and are delivered', async () => {
    const directory = temporaryDirectory();
    const collector = await startCollector();
    const store = createFileEventStore({ directory, maxBytes: 3_000 });
    const { sink, codes } = attachSink({ endpoint: collector.endpoint, store, batchSize: 100 });
    const events = Array.from({ length: 20 }, () => createImpression());
    for (const event of events) sink.record(event);
    expect(statSync(eventFiles(directory)[0] ?? '').size).toBeLessThanOrEqual(3_500);
    expect(codes()).toEqual(['event-store']);
    await sink.close();
    expect(collector.uuids()).toEqual(events.map(({ uuid }) => uuid));
  });

  test('gives up events that are too old, and says how many', () => {
    const directory = temporaryDirectory();
    const store = createFileEventStore({ directory });
    store.add(storedEvent('old', { storedAt: Date.now() - 11 * 24 * 3_600_000 }));
    store.add(storedEvent('new'));
    store.close?.();
    const next = createFileEventStore({ directory });
    const left = next.takeLeft(100) as { events: readonly StoredEvent[]; lost: number };
    expect([left.events.map(({ uuid }) => uuid), left.lost]).toEqual([['new'], 1]);
    next.close?.();
    expect(leftIn(directory)).toEqual(['new']);
  });

  test('stays small however many events pass through', () => {
    const directory = temporaryDirectory();
    const store = createFileEventStore({ directory });
    for (let round = 0; round < 300; round += 1) {
      const uuids = Array.from({ length: 10 }, (_, i) => `${round}-${i}`);
      for (const uuid of uuids) store.add(storedEvent(uuid));
      store.remove(uuids);
    }
    expect(statSync(eventFiles(directory)[0] ?? '').size).toBeLessThan(300_000);
    store.close?.();
    expect(readdirSync(directory)).toEqual([]);
  });

  test('begins a new file when one is large, and deletes it when nothing in it is needed', () => {
    const directory = temporaryDirectory();
    const store = createFileEventStore({ directory });
    const large = 'x'.repeat(100_000);
    for (let i = 0; i < 60; i += 1) {
      store.add(storedEvent(`e${i}`, { visitor: JSON.stringify({ large }) }));
    }
    expect(eventFiles(directory)).toHaveLength(2);
    store.remove(Array.from({ length: 50 }, (_, i) => `e${i}`));
    expect(eventFiles(directory)).toHaveLength(1);
    store.close?.();
    expect(leftIn(directory)).toHaveLength(10);
  });

  test('forgets an event also when it is removed after the store was closed', async () => {
    const directory = temporaryDirectory();
    const store = createFileEventStore({ directory });
    store.add(storedEvent('one'));
    store.close?.();
    store.remove(['one']);

    expect(await createFileEventStore({ directory }).takeLeft(10)).toMatchObject({ events: [] });
    if (process.platform === 'linux') expect(openFiles(directory)).toEqual([]);
  });

  test('gives up what is not needed on a disk that is full, and has room again', async () => {
    const program = await compileForNode(new URL('./full-disk.ts', import.meta.url));
    onTestFinished(() => rmSync(program, { force: true }));
    const limited = ['-c', 'trap "" XFSZ; ulimit -f 64; exec "$0" "$@"', process.execPath];
    const output = execFileSync('sh', [...limited, program, temporaryDirectory()], { encoding: 'utf8' });
    expect(JSON.parse(output)).toEqual({ folders: 1, takesMore: true });
  });

  test('takes undefined options for none given', () => {
    const directory = temporaryDirectory();
    const absent: Record<Exclude<keyof FileEventStoreOptions, 'directory'>, undefined> = {
      maxBytes: undefined,
      maxAgeMs: undefined,
      leaseMs: undefined,
      sync: undefined,
    };
    const store = createFileEventStore({ directory, ...absent });
    store.add(storedEvent('a'));
    store.close?.();
    expect(leftIn(directory)).toEqual(['a']);
  });

  test('writes with sync too, and refuses options that cannot work', () => {
    const directory = temporaryDirectory();
    const store = createFileEventStore({ directory, sync: true });
    store.add(storedEvent('a'));
    store.close?.();
    expect(leftIn(directory)).toEqual(['a']);
    const refused: unknown[] = [
      undefined,
      null,
      5,
      {},
      { directory: '' },
      { directory: 5 },
      { directory, maxBytes: 0 },
      { directory, maxAgeMs: null },
      { directory, leaseMs: Number.NaN },
      { directory, sync: 'x' },
    ];
    for (const options of refused) {
      expect(() => createFileEventStore(options as never)).toThrow(expect.objectContaining({ code: 'invalid-option' }));
    }
  });

  test('that cannot be written costs a problem and no event', async () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'file'), '');
    const collector = await startCollector();
    const store = createFileEventStore({ directory: join(directory, 'file', 'below') });
    const { sink, codes } = attachSink({ endpoint: collector.endpoint, store });
    for (let i = 0; i < 3; i += 1) sink.record(createImpression());
    expect(await sink.close()).toEqual({ delivered: 3, dropped: 0, pending: 0 });
    expect(codes()).toEqual(['event-store']);
  });
});

describe('[EVT-04] two owners of one directory', () => {
  test('leave each other alone while both live', async () => {
    const directory = temporaryDirectory();
    const one = createFileEventStore({ directory });
    one.add(storedEvent('a'));
    expect(leftIn(directory)).toEqual([]);
    one.close?.();
  });

  test('take over once what one of them leaves, however many try', () => {
    const directory = temporaryDirectory();
    const gone = createFileEventStore({ directory });
    for (let i = 0; i < 40; i += 1) gone.add(storedEvent(`e${i}`));
    gone.close?.();
    const stores = Array.from({ length: 4 }, () => createFileEventStore({ directory }));
    const taken = stores.flatMap((store) => (store.takeLeft(15) as { events: readonly StoredEvent[] }).events);
    expect(taken).toHaveLength(15);
    const rest = stores.flatMap((store) => (store.takeLeft(100) as { events: readonly StoredEvent[] }).events);
    expect(new Set([...taken, ...rest].map(({ uuid }) => uuid)).size).toBe(40);
    for (const store of stores) store.close?.();
  });

  test('in processes of their own that come and go send every event once', async () => {
    const producer = await compileForNode(new URL('./producer.ts', import.meta.url));
    onTestFinished(() => rmSync(producer, { force: true }));
    const directory = temporaryDirectory();
    const collector = await startCollector();
    collector.lab.faults.set('events', { kind: 'latency', ms: 5 });
    const run = async (name: string): Promise<void> => {
      const child = spawn(process.execPath, [producer, directory, collector.endpoint, name, '150'], {
        stdio: 'ignore',
      });
      const code = await new Promise((resolve) => child.once('close', resolve));
      expect(code).toBe(0);
    };
    // Left by a process that is gone, for all of them to fight over.
    const gone = createFileEventStore({ directory });
    for (let i = 0; i < 100; i += 1) gone.add(storedEvent(`left-${i}`));
    gone.close?.();
    await Promise.all(['a', 'b', 'c'].map(async (name) => run(name).then(() => run(`${name}-again`))));
    const left = createFileEventStore({ directory });
    const rest = left.takeLeft(10_000) as { events: readonly StoredEvent[] };
    left.close?.();
    expect(rest.events).toEqual([]);
    expect(collector.lab.events.counts).toEqual({ received: 1_000, unique: 1_000, duplicates: 0 });
  });

  test('take over after the lease, and an owner that slept through it begins anew', () => {
    const directory = temporaryDirectory();
    const sleeper = createFileEventStore({ directory, leaseMs: 100 });
    sleeper.add(storedEvent('before'));
    const [folder = ''] = readdirSync(directory);
    const long = new Date(Date.now() - 60_000);
    utimesSync(join(directory, folder, 'lease'), long, long);
    const taker = createFileEventStore({ directory, leaseMs: 100 });
    const taken = taker.takeLeft(10) as { events: readonly StoredEvent[] };
    expect(taken.events.map(({ uuid }) => uuid)).toEqual(['before']);
    const wake = Date.now() + 60;
    while (Date.now() < wake);
    sleeper.add(storedEvent('after'));
    sleeper.remove(['before']);
    sleeper.close?.();
    taker.remove(['before']);
    taker.close?.();
    expect(leftIn(directory)).toEqual(['after']);
  });
});

describe('[EVT-23] a directory that another user could have prepared', () => {
  test.each([0o777, 0o770, 0o720, 0o702])('is refused with mode %o, before anything is read or written', (mode) => {
    const directory = temporaryDirectory();
    const first = createFileEventStore({ directory });
    first.add(storedEvent('forged'));
    first.close?.();
    chmodSync(directory, mode);
    const store = createFileEventStore({ directory });
    expect(() => store.add(storedEvent('a'))).toThrow(expect.objectContaining({ code: 'store-failed' }));
    expect(() => store.takeLeft(10)).toThrow(/may be written by other users/);
  });

  test.runIf(process.getuid?.() === 0)('is refused when it belongs to another user', () => {
    const directory = temporaryDirectory();
    chownSync(directory, 65_534, 65_534);
    expect(() => createFileEventStore({ directory }).add(storedEvent('a'))).toThrow(/belongs to another user/);
  });

  test('is refused when it is a link', () => {
    const directory = temporaryDirectory();
    symlinkSync(directory, `${directory}-link`);
    onTestFinished(() => rmSync(`${directory}-link`));
    const store = createFileEventStore({ directory: `${directory}-link` });
    expect(() => store.add(storedEvent('a'))).toThrow(/is not a directory/);
  });

  test('holds no lease that is a link: its target stays as it is', () => {
    const directory = temporaryDirectory();
    const target = join(directory, 'precious');
    writeFileSync(target, 'precious');
    const folder = join(directory, '00000000-1-000000000000');
    mkdirSync(folder, { mode: 0o700 });
    symlinkSync(target, join(folder, 'lease'));
    utimesSync(target, 1, 1);
    createFileEventStore({ directory, leaseMs: 1 }).takeLeft(10);
    expect(readFileSync(target, 'utf8')).toBe('precious');
    expect(statSync(target).mtimeMs).toBe(1_000);
  });

  test('holds no events that are a link or a pipe: the pipe blocks nothing', () => {
    const directory = temporaryDirectory();
    const folder = join(directory, '00000000-1-000000000000');
    mkdirSync(folder, { mode: 0o700 });
    execFileSync('/usr/bin/env', ['mkfifo', join(folder, '000000001.events')]);
    const elsewhere = join(directory, 'elsewhere');
    writeFileSync(elsewhere, '');
    symlinkSync(elsewhere, join(folder, '000000002.events'));
    const store = createFileEventStore({ directory, leaseMs: 60_000 });
    expect(store.takeLeft(10)).toEqual({ events: [], more: false, lost: 2 });
  });
});

test('[EVT-24] events of a device whose clock stood at 1970 are not too old, and old ones of a good clock are', () => {
  const directory = temporaryDirectory();
  const first = createFileEventStore({ directory });
  first.add(storedEvent('long before', { storedAt: 1_000 }));
  first.add(storedEvent('1970', { storedAt: 20 * 86_400_000 }));
  first.add(storedEvent('a day later', { storedAt: 21 * 86_400_000 }));
  first.close?.();
  const second = createFileEventStore({ directory });
  second.add(storedEvent('too old', { storedAt: Date.now() - 11 * 86_400_000 }));
  second.add(storedEvent('new'));
  second.close?.();
  expect(leftIn(directory)).toEqual(['1970', 'a day later', 'new']);
});
