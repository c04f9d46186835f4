/** An application that was written for the official SDK runs on the drop-in: the same file, bundled with an alias. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type CollectedEvent, createLabServer } from '@sortition/emulator';
import { build } from 'esbuild';
import { afterAll, expect, it } from 'vitest';
import { shopDatafile } from './shop-datafile.ts';

const OFFICIAL = '@optimizely/optimizely-sdk';
const OURS = '@sortition/optimizely-compat';

const folder = mkdtempSync(join(tmpdir(), 'application-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Run {
  readonly lines: readonly unknown[];
  /** Sorted: requests may overtake each other. */
  readonly events: readonly string[];
}

/** Runs the application in a process of its own, against a CDN and a collector on this machine. */
async function run(sdk: string): Promise<Run> {
  const outfile = join(folder, `${sdk.replace('/', '-')}.mjs`);
  const { metafile } = await build({
    entryPoints: [fileURLToPath(new URL('application/shop.js', import.meta.url))],
    outfile,
    bundle: true,
    metafile: true,
    platform: 'node',
    format: 'esm',
    conditions: ['@sortition/source'],
    alias: sdk === OFFICIAL ? {} : { [OFFICIAL]: sdk },
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    logLevel: 'error',
  });
  expect(Object.keys(metafile.inputs).some((path) => path.includes(OFFICIAL))).toBe(sdk === OFFICIAL);
  const lab = await createLabServer({ port: 0 });
  const events: CollectedEvent[] = [];
  try {
    lab.datafiles.publish('shop', shopDatafile());
    lab.events.subscribe((event) => events.push(event));
    const env = { ...process.env, DATAFILES: `${lab.url}/datafiles`, COLLECTOR: `${lab.url}/v1/events` };
    const { stdout } = await promisify(execFile)(process.execPath, [outfile], { env, timeout: 60_000 });
    return {
      lines: stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
      events: events.map(comparable).sort(),
    };
  } finally {
    await lab.close();
  }
}

/** An event as text, without what no two runs have in common. */
function comparable({ uuid: _, timestamp: __, attributes, ...rest }: CollectedEvent): string {
  return JSON.stringify({ ...rest, attributes: Object.fromEntries(attributes) });
}

it('prints the same lines and sends the same events on the drop-in as on the official SDK', async () => {
  const expected = await run(OFFICIAL);
  const actual = await run(OURS);
  expect(actual.lines).toEqual(expected.lines);
  expect(actual.events).toEqual(expected.events);
  expect(expected.lines.length).toBeGreaterThan(60);
  expect(expected.events.length).toBeGreaterThan(20);
}, 120_000);
