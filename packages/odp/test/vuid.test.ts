import { afterEach, expect, test, vi } from 'vitest';
import { createVuidSource, isVuid } from '../src/index.ts';

afterEach(() => vi.unstubAllGlobals());

function memoryStorage(stored?: string) {
  const entries = new Map<string, string>(stored === undefined ? [] : [['optimizely-vuid', stored]]);
  return {
    entries,
    getItem: (key: string) => entries.get(key) ?? null,
    setItem: (key: string, value: string) => void entries.set(key, value),
    removeItem: (key: string) => void entries.delete(key),
  };
}

const VUID = /^vuid_[0-9a-f]{27}$/;

test.each([
  ['vuid_1', true],
  ['vuid_', false],
  ['VUID_1', false],
  ['xvuid_1', false],
  ['', false],
])('whether %s is a visitor id: %s', (id, expected) => {
  expect(isVuid(id)).toBe(expected);
});

test('an id of 32 characters is made once and found again later', async () => {
  const storage = memoryStorage();
  const source = createVuidSource({ enableVuid: true, storage });
  expect(source.current()).toBeNull();
  const id = await source.load();
  expect(id).toMatch(VUID);
  expect(id).toHaveLength(32);
  expect(source.current()).toBe(id);
  expect(await source.load()).toBe(id);
  expect(await createVuidSource({ enableVuid: true, storage }).load()).toBe(id);
});

test('an asynchronous storage fits too', async () => {
  const { entries, getItem, setItem, removeItem } = memoryStorage('vuid_stored');
  const storage = {
    getItem: async (key: string) => getItem(key),
    setItem: async (key: string, value: string) => setItem(key, value),
    removeItem: async (key: string) => removeItem(key),
  };
  expect(await createVuidSource({ enableVuid: true, storage }).load()).toBe('vuid_stored');
  expect(await createVuidSource({ storage }).load()).toBeNull();
  expect(entries.size).toBe(0);
});

test('without opting in there is no id, and one that was stored is removed', async () => {
  const storage = memoryStorage('vuid_stored');
  const source = createVuidSource({ storage });
  expect(await source.load()).toBeNull();
  expect(source.current()).toBeNull();
  expect(storage.entries.size).toBe(0);
});

test.each(['', 'vuid_', 'garbage', '{"id":1}'])('a stored text that is no id is replaced: %j', async (stored) => {
  const storage = memoryStorage(stored);
  const id = await createVuidSource({ enableVuid: true, storage }).load();
  expect(id).toMatch(VUID);
  expect(storage.entries.get('optimizely-vuid')).toBe(id);
});

test('two tabs that start at once agree on what is stored', async () => {
  const storage = memoryStorage();
  const setItem = storage.setItem;
  const other = 'vuid_of_the_other_tab';
  storage.setItem = (key, value) => {
    setItem(key, value);
    setItem(key, other);
  };
  expect(await createVuidSource({ enableVuid: true, storage }).load()).toBe(other);
});

const failing = () => {
  throw new Error('no');
};

test.each([
  ['throws on reading', { ...memoryStorage(), getItem: failing }],
  ['throws on writing', { ...memoryStorage(), setItem: failing }],
  ['rejects', { ...memoryStorage(), getItem: () => Promise.reject(new Error('no')) }],
  ['hangs', { ...memoryStorage(), getItem: () => new Promise<never>(() => undefined) }],
  ['answers garbage', { ...memoryStorage(), getItem: () => 7 as never }],
])('a storage that %s gives an id for this page alone', async (_, storage) => {
  expect(await createVuidSource({ enableVuid: true, storage }).load()).toMatch(VUID);
  expect(await createVuidSource({ storage: { ...storage, removeItem: failing } }).load()).toBeNull();
});

test('the localStorage of a browser is used, a forbidden one gives an id for this page, and a server has none', async () => {
  const storage = memoryStorage();
  vi.stubGlobal('localStorage', storage);
  const id = await createVuidSource({ enableVuid: true }).load();
  expect(storage.entries.get('optimizely-vuid')).toBe(id);
  vi.stubGlobal('localStorage', undefined);
  expect(await createVuidSource({ enableVuid: true }).load()).toBeNull();
  const original = Object.getOwnPropertyDescriptor(globalThis, 'localStorage');
  Object.defineProperty(globalThis, 'localStorage', { get: failing, configurable: true });
  expect(await createVuidSource({ enableVuid: true }).load()).toMatch(VUID);
  expect(await createVuidSource().load()).toBeNull();
  if (original) Object.defineProperty(globalThis, 'localStorage', original);
});

test.each([{ storage: {} }, { storage: null }, { enableVuid: 'false' }, { enableVuid: 1 }, { randomId: 'id' }])(
  'an option without a meaning is refused: %j',
  (options) => {
    expect(() => createVuidSource(options as never)).toThrow(expect.objectContaining({ code: 'invalid-option' }));
  },
);

test('a client announces the visitor once, and every user that is no visitor', async () => {
  const source = createVuidSource({ enableVuid: true, storage: memoryStorage('vuid_stored') });
  const clients = [vi.fn(), vi.fn()];
  source.announce?.(clients[0] as never, null);
  expect(clients[0]).not.toHaveBeenCalled();
  await source.load();
  for (const send of clients) for (const id of [null, null, 'ada', '', 'vuid_other']) source.announce?.(send, id);
  for (const send of clients) {
    expect(send.mock.calls).toEqual([
      [{ type: 'fullstack', action: 'client_initialized', identifiers: { vuid: 'vuid_stored' }, data: {} }],
      [{ type: 'fullstack', action: 'identified', identifiers: { vuid: 'vuid_stored', fs_user_id: 'ada' }, data: {} }],
    ]);
  }
});
