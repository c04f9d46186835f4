/** Where the processor time of a server request goes, by the source files its functions are written in, and the floor. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { startTable } from './table.js';

/** Source files by what they are part of; the first that fits counts. */
const PARTS = /** @type {readonly (readonly [string, RegExp])[]} */ ([
  ['context', /core\/src\/user\.ts|user-context\.ts|compose-client\.ts/],
  ['audiences', /core\/src\/(?:audiences|conditions|condition-tree|semantic-version)/],
  ['hash', /core\/src\/(?:bucketing|split-hash)/],
  ['decision', /core\/src\/|client\/src\/(?:decide|flag-)/],
  ['JSON', /events\/src\/(?:snapshot-text|event-text|fit-event|log-event|visitor-attributes|conversion-numbers)/],
  ['event: recording, batching, sending', /client\/src\/parts\/|events\/src\/|http\/src\//],
]);

const OPERATIONS = 40_000;

/** @param {string} folder For files on the way; removed by the caller. @param {boolean} [take] Whether the README gets the table. */
export async function profileServer(folder, take) {
  const bundle = join(folder, 'sources.mjs');
  await build({
    entryPoints: [fileURLToPath(new URL('../../packages/sortition/src/index.ts', import.meta.url))],
    bundle: true,
    outfile: bundle,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    conditions: ['@sortition/source'],
    external: ['undici'],
  });
  // One thread collects garbage: waiting for others would be counted as time of the request.
  const us = request(`sortition=${bundle}`, ['--single-threaded-gc', '--cpu-prof', `--cpu-prof-dir=${folder}`]);
  const times = readTimes(folder, bundle);
  const total = [...times.values()].reduce((sum, time) => sum + time, 0);
  console.log('A request: a context with 6 to 10 attributes, 5 decides, 1 conversion; bodies are serialised.\n');
  const table = startTable(['part', 'share', 'µs of processor time']);
  for (const [part, time] of [...times].sort(([, a], [, b]) => b - a))
    table.add([part, `${((100 * time) / total).toFixed(1)} %`, ((us * time) / total).toFixed(1)]);
  table.add(['all of it', '', us.toFixed(1)]);
  table.add(['the same without events', '', request('sortition', [], false).toFixed(1)]);
  table.add(['floor of that: hand-written for this datafile', '', request('floor', [], false).toFixed(1)]);
  if (take) table.take({ isPart: false });
}

/** @param {string} contestant @param {readonly string[]} flags @param {boolean} [events] @returns {number} Microseconds. */
function request(contestant, flags, events = true) {
  const script = fileURLToPath(new URL('./scenarios/server.js', import.meta.url));
  const options = { flags: 1_000, audiences: 500, decides: 5, events, alone: OPERATIONS };
  const args = ['--max-semi-space-size=32', ...flags, script, JSON.stringify(options), contestant];
  return Number(execFileSync(process.execPath, args, { encoding: 'utf8' }));
}

/** @param {string} folder @param {string} bundle @returns {Map<string, number>} Time by part. */
function readTimes(folder, bundle) {
  const fileOf = readFileOfLines(bundle);
  const file = readdirSync(folder).find((name) => name.endsWith('.cpuprofile')) ?? '';
  /** @type {{ nodes: { id: number, callFrame: { functionName: string, url: string, lineNumber: number } }[], samples: number[], timeDeltas: number[] }} */
  const profile = JSON.parse(readFileSync(join(folder, file), 'utf8'));
  const parts = new Map(
    profile.nodes.map(({ id, callFrame: { functionName, url, lineNumber } }) => {
      if (functionName === '(garbage collector)') return [id, 'garbage collection'];
      const source = url.endsWith('sources.mjs') ? fileOf[lineNumber] : undefined;
      if (source !== undefined) return [id, PARTS.find(([, pattern]) => pattern.test(source))?.[0]];
      return [id, url.startsWith('node:') && !url.includes('esm') ? 'Node: timers, promises, UUIDs' : undefined];
    }),
  );
  const times = new Map();
  profile.samples.forEach((id, index) => {
    const part = parts.get(id);
    if (part !== undefined) times.set(part, (times.get(part) ?? 0) + (profile.timeDeltas[index] ?? 0));
  });
  return times;
}

/** The source file of each line, which the bundler names in a comment above its code. @param {string} bundle */
function readFileOfLines(bundle) {
  let current = '';
  return readFileSync(bundle, 'utf8')
    .split('\n')
    .map((line) => {
      if (/^\/\/ \S+\.(?:ts|js)$/.test(line)) current = line.slice(3);
      return current;
    });
}
