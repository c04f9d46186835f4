/** The example of the guide "Switching", as it stands there: run against a CDN and a collector on this machine. */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type CollectedEvent, createLabServer } from '@sortition/emulator';
import { build } from 'esbuild';
import { afterAll, expect, it } from 'vitest';
import { formatShadowReport, readShadowReport } from '../src/node.ts';
import { shopDatafile } from './shop-datafile.ts';

const guide = readFileSync(new URL('../../../docs/guides/switching.md', import.meta.url), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'switching-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What an application changes in the example: where the services are, and here that every call is compared. */
const CHANGES: readonly (readonly [from: string, to: string])[] = [
  ["const sdkKey = 'my-sdk-key';", 'const urlTemplate = process.env.DATAFILES; const profiles = undefined;'],
  [
    'official.createPollingProjectConfigManager({ sdkKey })',
    "official.createPollingProjectConfigManager({ sdkKey: 'shop', urlTemplate })",
  ],
  [
    'createPollingProjectConfigManager({ sdkKey })',
    'createPollingProjectConfigManager({ sdkKey: process.argv[2], urlTemplate })',
  ],
  ['official.createBatchEventProcessor()', 'official.createBatchEventProcessor({ eventDispatcher })'],
  ['  sample: 0.1,', '  maxReportsPerSecond: 1_000,'],
];

/** Five hundred customers, each of whom asks twice and buys. */
const SHOP = `
const eventDispatcher = {
  async dispatchEvent({ params }) {
    const headers = { 'content-type': 'application/json' };
    const { status } = await fetch(process.env.COLLECTOR, { method: 'POST', headers, body: JSON.stringify(params) });
    return { statusCode: status };
  },
};
`;
const VISITS = `
for (let number = 0; number < 500; number += 1) {
  const [userId, attributes] = ['user' + number, { plan: number % 4 === 0 ? 'free' : 'pro' }];
  client.isFeatureEnabled('checkout', userId, attributes);
  client.createUserContext(userId, attributes).decide('checkout');
  client.track('order', userId, attributes);
  if (number % 50 === 0) await client.shadowSettled();
}
await client.shadowSettled();
console.log(JSON.stringify(client.shadowStats()));
await primary.close();
await candidate.close();
`;

const [, example = ''] = /```ts fragment\n(import \{ appendFileSync[\s\S]*?)```/.exec(guide) ?? [];

/** Runs the example with a candidate that reads the datafile of an SDK key. */
async function run(
  candidateKey: string,
): Promise<{ stats: object; report: string; events: readonly CollectedEvent[] }> {
  let program = example;
  for (const [from, to] of CHANGES) {
    expect(program).toContain(from);
    program = program.replace(from, to);
  }
  const outfile = join(folder, 'shop.mjs');
  await build({
    stdin: {
      contents: `${SHOP}${program}${VISITS}`,
      resolveDir: fileURLToPath(new URL('.', import.meta.url)),
      loader: 'ts',
    },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['@sortition/source'],
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    logLevel: 'error',
  });
  const lab = await createLabServer({ port: 0 });
  const events: CollectedEvent[] = [];
  const log = join(folder, 'shadow.jsonl');
  rmSync(log, { force: true });
  try {
    lab.events.subscribe((event) => events.push(event));
    lab.datafiles.publish('shop', shopDatafile());
    lab.datafiles.publish('next', nextRevision());
    const env = { ...process.env, DATAFILES: `${lab.url}/datafiles/%s.json`, COLLECTOR: `${lab.url}/v1/events` };
    const { stdout } = await promisify(execFile)(process.execPath, [outfile, candidateKey], { cwd: folder, env });
    const lines = existsSync(log) ? readFileSync(log, 'utf8').split('\n') : [];
    return { stats: JSON.parse(stdout), report: formatShadowReport(readShadowReport(lines)), events };
  } finally {
    await lab.close();
  }
}

/** Revision 8: the split of the checkout experiment is 90:10. */
function nextRevision(): object {
  const datafile = JSON.parse(shopDatafile({ revision: '8' }));
  datafile.experiments[0].trafficAllocation[0].endOfRange = 9_000;
  return datafile;
}

it('finds no difference on one datafile, and sends the events of the primary alone', async () => {
  const { stats, report, events } = await run('shop');
  expect(stats).toMatchObject({ compared: 1_000, differences: 0, leftOut: 0 });
  expect(guide).toContain(`1,000 calls compared, and the\nreport is\n\n\`\`\`text\n${report.trimEnd()}\n\`\`\``);
  expect(events.filter(({ kind }) => kind === 'conversion')).toHaveLength(500);
  expect(events.filter(({ kind }) => kind === 'impression')).toHaveLength(1_000);
});

it('prints the report of the guide for a candidate with the next revision', async () => {
  const { stats, report } = await run('next');
  expect(stats).toMatchObject({ compared: 1_000, unreported: 0 });
  expect(guide).toContain(`\`\`\`text\n${report.trimEnd()}\n\`\`\``);
});
