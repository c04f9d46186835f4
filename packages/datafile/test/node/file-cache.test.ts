import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createFileCache } from '../../src/node/index.ts';

async function createDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'datafile-cache-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

describe('the file cache', () => {
  it('keeps texts by key, in a directory it creates, readable by its owner only', async () => {
    const directory = join(await createDirectory(), 'deep', 'down');
    const cache = createFileCache({ directory });
    expect(await cache.getItem('a')).toBeNull();
    await cache.setItem('a', 'one');
    await cache.setItem('a', 'größer');
    expect(await createFileCache({ directory }).getItem('a')).toBe('größer');
    const [file = ''] = await readdir(directory);
    expect((await stat(join(directory, file))).mode & 0o777).toBe(0o600);
    await cache.removeItem('a');
    await cache.removeItem('a');
    expect(await cache.getItem('a')).toBeNull();
  });

  it.each([
    undefined,
    null,
    5,
    {},
    { directory: '' },
    { directory: 5 },
    { directory: '/tmp', maxBytes: 0 },
    { directory: '/tmp', maxBytes: null },
    { directory: '/tmp', maxBytes: Number.POSITIVE_INFINITY },
  ])('refuses %j', (options) => {
    expect(() => createFileCache(options as never)).toThrow(expect.objectContaining({ code: 'invalid-option' }));
  });

  it('takes an undefined limit for none given', async () => {
    const cache = createFileCache({ directory: await createDirectory(), maxBytes: undefined });
    await cache.setItem('key', 'kept');
    expect(await cache.getItem('key')).toBe('kept');
  });

  it.each(['../escape', '/etc/passwd', '.', '..', '', 'a\0b', '\ud800', 'x'.repeat(5_000), 'con', '__proto__'])(
    'stays in its directory with the key %j',
    async (key) => {
      const directory = await createDirectory();
      const cache = createFileCache({ directory });
      await cache.setItem(key, 'kept');
      expect(await cache.getItem(key)).toBe('kept');
      expect(await readdir(directory)).toHaveLength(1);
    },
  );

  it('leaves no half-written file behind when a hundred writers meet', async () => {
    const directory = await createDirectory();
    const cache = createFileCache({ directory });
    const texts = Array.from({ length: 100 }, (_, index) => String(index % 10).repeat(10_000));
    await Promise.all(texts.map((text) => cache.setItem('key', text)));
    const files = await readdir(directory);
    expect(files).toHaveLength(1);
    expect(texts).toContain(await readFile(join(directory, files[0] ?? ''), 'utf8'));
  });

  it('does not read a file over its limit', async () => {
    const directory = await createDirectory();
    const cache = createFileCache({ directory, maxBytes: 10 });
    await cache.setItem('key', 'x'.repeat(11));
    expect(await cache.getItem('key')).toBeNull();
  });

  it('rejects when the directory cannot be used', async () => {
    const directory = join(await createDirectory(), 'file');
    await writeFile(directory, '');
    await expect(createFileCache({ directory }).setItem('key', 'x')).rejects.toThrow();
  });
});
