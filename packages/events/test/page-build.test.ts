/** What the build for pages writes: the same events as the main one, though it remembers no text. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { overlay } from '@sortition/config/tsup/overlay';
import { build } from 'esbuild';
import { afterAll, expect, it } from 'vitest';
import * as main from '../src/index.ts';
import { createConversion, createImpression } from './recorded-events.ts';

const folder = await mkdtemp(join(tmpdir(), 'sortition-page-'));
afterAll(() => rm(folder, { recursive: true }));

it('is equal, event by event, for users, decisions, tags and sizes of all kinds', async () => {
  const outfile = join(folder, 'page.mjs');
  const { metafile } = await build({
    entryPoints: [fileURLToPath(new URL('../src/index.ts', import.meta.url))],
    bundle: true,
    format: 'esm',
    platform: 'browser',
    conditions: ['@sortition/source'],
    plugins: [overlay('page')],
    outfile,
    metafile: true,
  });
  expect(Object.keys(metafile.inputs).filter((path) => /src\/(page\/)?remember\.ts$/.test(path))).toEqual([
    expect.stringContaining('src/page/remember.ts'),
  ]);
  const page: typeof main = await import(pathToFileURL(outfile).href);
  const events = ['ada', 'größe', '\ud800', 'x'.repeat(300_000)].flatMap((userId) => [
    createImpression({ userId, attributes: { plan: 'gold', other: 1 } }),
    createImpression({ userId, attributes: { plan: 'x'.repeat(70_000) } }),
    createConversion({ userId, tags: { revenue: '12', note: '😀'.repeat(20_000), big: 'y'.repeat(60_000) } }),
    createConversion({
      userId,
      tags: Object.fromEntries(Array.from({ length: 9 }, (_, at) => [`tag${at}`, 'z'.repeat(40_000)])),
    }),
  ]);
  const [here, there] = [main.createBatchEvents(), page.createBatchEvents()];
  for (const event of [...events, ...events]) expect(there.toLogEvent(event)).toEqual(here.toLogEvent(event));
});
