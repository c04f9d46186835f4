/** Where the processor time of a server request goes, by what the functions do. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Names of functions by what they are part of; the first that fits counts. */
const PARTS = /** @type {readonly (readonly [string, RegExp])[]} */ ([
  ['garbage collection', /^\(garbage collector\)$/],
  ['JSON', /^(?:stringify|toJSON|parse|serialize|.*Json|.*Text)$/i],
  [
    'hash',
    /^(?:bucketFor|finishHash|startHash|absorb|scramble|rotate|toHashKey|bucketOf|findRange|assignBucket|bucketIntoRange)$/,
  ],
  [
    'audiences',
    /^(?:predicate|meetsAudience|evaluate|parseVersion|parseOnce|compareVersions|compile\w*|isNumberInBounds|)$/,
  ],
  [
    'user context',
    /^(?:createUserSnapshot|copyAttributes|buildSnapshot|isAttributeValue|createUserContext|\w*UserContext|readUserId)$/,
  ],
  [
    'events',
    /^(?:record\w*|trackEvent|conversion|impression|\w*Event\w*|\w*Batch\w*|\w*Impression\w*|add|enqueue|randomUuid|visitor\w*|deliver\w*|flush\w*|send\w*)$/i,
  ],
  [
    'decision',
    /^(?:decide\w*|evaluate\w*|experimentRules|rolloutRules|overruled|outcomeOf|bucketed|serveVariation|stickyVariation|compiled\w*|begin|FlagDecision|finish\w*|open\w*|note\w*)$/,
  ],
]);

/** @param {string} folder Of the profile; removed by the caller. */
export function profileServer(folder) {
  const script = fileURLToPath(new URL('./scenarios/server.js', import.meta.url));
  const options = { flags: 1_000, audiences: 500, decides: 5, events: true, alone: 40_000 };
  // One thread collects garbage: waiting for others would be counted as time of the request.
  const flags = ['--max-semi-space-size=32', '--single-threaded-gc', '--cpu-prof', `--cpu-prof-dir=${folder}`];
  const args = [...flags, script, JSON.stringify(options), 'sortition'];
  const us = Number(execFileSync(process.execPath, args, { encoding: 'utf8' }));
  const file = readdirSync(folder).find((name) => name.endsWith('.cpuprofile')) ?? '';
  /** @type {{ nodes: { id: number, callFrame: { functionName: string, url: string } }[], samples: number[], timeDeltas: number[] }} */
  const profile = JSON.parse(readFileSync(join(folder, file), 'utf8'));
  const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]));
  const times = new Map();
  let total = 0;
  profile.samples.forEach((id, index) => {
    const frame = frames.get(id);
    const name = frame?.functionName ?? '';
    if (name === '(idle)' || name === '(program)' || /bench|compileSourceTextModule/.test(`${frame?.url}${name}`))
      return;
    const part = PARTS.find(([, pattern]) => pattern.test(name))?.[0] ?? 'the rest';
    const time = profile.timeDeltas[index] ?? 0;
    times.set(part, (times.get(part) ?? 0) + time);
    total += time;
  });
  console.log(
    `One request takes ${us.toFixed(1)} µs of processor time: context, 5 decides, 1 conversion, batches serialised.\n`,
  );
  console.log('| part | share | µs |\n| --- | --- | --- |');
  for (const [part, time] of [...times].sort(([, a], [, b]) => b - a))
    console.log(`| ${part} | ${((100 * time) / total).toFixed(1)} % | ${((us * time) / total).toFixed(2)} |`);
}
