import { execFileSync } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
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

  it.each<[string, (directory: string) => Promise<string>]>([
    ['may be written by its group', (directory) => chmod(directory, 0o770).then(() => directory)],
    ['may be written by everyone', (directory) => chmod(directory, 0o777).then(() => directory)],
    [
      'is a link',
      async (directory) => {
        await mkdir(join(directory, 'target'), { mode: 0o700 });
        await symlink(join(directory, 'target'), join(directory, 'link'));
        return join(directory, 'link');
      },
    ],
  ])('[CFG-17] refuses a directory that %s, for reading and for writing', async (_name, prepare) => {
    const directory = await prepare(await createDirectory());
    const cache = createFileCache({ directory });
    await expect(cache.getItem('key')).rejects.toMatchObject({ code: 'store-failed' });
    await expect(cache.setItem('key', 'x')).rejects.toMatchObject({ code: 'store-failed' });
    expect(await readdir(directory)).toEqual([]);
  });

  it.runIf(process.getuid?.() === 0)('refuses a directory that belongs to another user', async () => {
    const directory = await createDirectory();
    await chown(directory, 4_711, 4_711);
    await expect(createFileCache({ directory }).getItem('key')).rejects.toThrow(/belongs to another user/);
  });

  it('[CFG-17] neither follows a link in place of a file nor writes to its target', async () => {
    const directory = await createDirectory();
    const target = join(await createDirectory(), 'target');
    await writeFile(target, 'precious');
    await symlink(target, join(directory, 'key.datafile'));
    const cache = createFileCache({ directory });
    await expect(cache.getItem('key')).rejects.toMatchObject({ code: 'ELOOP' });
    await cache.setItem('key', 'new');
    expect(await readFile(target, 'utf8')).toBe('precious');
    expect(await cache.getItem('key')).toBe('new');
  });

  it('[CFG-17] is not blocked by a pipe in place of a file', async () => {
    const directory = await createDirectory();
    execFileSync('mkfifo', [join(directory, 'key.datafile')]);
    await expect(createFileCache({ directory }).getItem('key')).rejects.toMatchObject({ code: 'store-failed' });
  });
});
