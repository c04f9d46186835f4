import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSortitionAdapter, serveAdapter } from '../src/index.ts';
import { main } from '../src/main.ts';

let out = '';
let err = '';
beforeEach(() => {
  out = '';
  err = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += String(text);
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    err += String(text);
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe('sortition-conformance', () => {
  it('prints a table, shows progress and writes a badge', async () => {
    const server = await serveAdapter(createSortitionAdapter(), { port: 0 });
    const folder = await mkdtemp(join(tmpdir(), 'sortition-badge-'));
    const badge = join(folder, 'badge.json');
    try {
      const code = await main(['--url', server.url, '--area', 'versions', '--area', 'variables', '--badge', badge]);
      expect(code).toBe(0);
      expect(out).toMatch(/versions +1,500 +1,500 +0 +0 +0\nvariables +600 +600/);
      expect(out).toMatch(/Conforms\.\n$/);
      expect(err).toContain('100 %: 2,100 of 2,100 rows');
      expect(JSON.parse(await readFile(badge, 'utf8'))).toEqual({
        schemaVersion: 1,
        label: 'conformance',
        message: '2,100 of 2,100',
        color: 'brightgreen',
      });
    } finally {
      await server.close();
      await rm(folder, { recursive: true });
    }
  });

  it('prints JSON alone with --json', async () => {
    const server = await serveAdapter(createSortitionAdapter(), { port: 0 });
    expect(await main(['--url', server.url, '--area', 'variables', '--json'])).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ ok: true, areas: [{ area: 'variables', rows: 600, passed: 600 }] });
    expect(err).toBe('');
    await server.close();
  });

  it.each([
    [[], /--url/],
    [['--area', 'versions'], /There is no --url; expected the address of an adapter/],
    [['--url', 'http://127.0.0.1:9', '--area', 'hashing'], /"hashing" is not an area; expected one of bucketing, /],
    [['--url', 'http://127.0.0.1:9'], /did not answer/],
    [['adapter', 'go'], /"go" is not an adapter; expected sortition, official or agent\./],
    [['adapter', 'agent'], /There is no --agent/],
    [['run'], /"run" is not a command/],
    [['--colour'], /--colour/],
  ] as const)('answers %j with what it expects and exit code 2', async (args, message) => {
    expect(await main([...args])).toBe(2);
    expect(out + err).toMatch(message);
  });
});
