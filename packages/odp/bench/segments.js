/**
 * What a fetch of segments costs over a raw `fetch` that sends and receives the same bytes: `pnpm --filter @sortition/odp
 * bench`, on what the packages have built. The GraphQL server is local and in a process of its own; both sides take
 * turns in one run, and the ratio of their medians is what repeats.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createOdp } from '@sortition/odp';

const ROUNDS = 40;
const FETCHES_PER_ROUND = 100;

const server = spawn(process.execPath, [new URL('./graphql-server.js', import.meta.url).pathname], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
const [firstLine] = await once(server.stdout, 'data');
const apiHost = String(firstLine).trim();

const segmentsToCheck = ['vip', 'new', 'returning', 'mobile'];
const odp = createOdp({ allowedHosts: ['127.0.0.1'], segmentsCacheSize: 0 });
odp.configure({ apiKey: 'key', apiHost, pixelUrl: '', segmentsToCheck });

/** @type {RequestInit | undefined} */
let sent;
const capturing = createOdp({
  allowedHosts: ['127.0.0.1'],
  fetch: (url, init) => {
    sent = init;
    return fetch(url, init);
  },
});
capturing.configure({ apiKey: 'key', apiHost, pixelUrl: '', segmentsToCheck });
await capturing.fetchSegments({ userId: 'ada', options: [] });
const body = String(sent?.body);

const fetchSegments = () => odp.fetchSegments({ userId: 'ada', options: ['IGNORE_CACHE'] });
const fetchRaw = async () => {
  const headers = { 'content-type': 'application/json', accept: 'application/json', 'x-api-key': 'key' };
  const response = await fetch(`${apiHost}/v3/graphql`, { method: 'POST', headers, body });
  return response.json();
};

/** @type {Map<() => Promise<unknown>, number[]>} */
const times = new Map([
  [fetchRaw, []],
  [fetchSegments, []],
]);
for (let round = 0; round < ROUNDS; round++) {
  for (const [run, samples] of times) {
    const start = performance.now();
    for (let i = 0; i < FETCHES_PER_ROUND; i++) await run();
    if (round >= ROUNDS / 4) samples.push((performance.now() - start) / FETCHES_PER_ROUND);
  }
}
const [raw = Number.NaN, segments = Number.NaN] = [...times.values()].map(median);
console.log(`raw fetch       ${raw.toFixed(3)} ms`);
console.log(`fetch segments  ${segments.toFixed(3)} ms`);
console.log(`ratio           ${(segments / raw).toFixed(2)}`);
if (segments / raw > 1.5) process.exitCode = 1;
await Promise.all([odp.close?.(), capturing.close?.()]);
server.kill();

/** @param {number[]} samples */
function median(samples) {
  return samples.sort((a, b) => a - b)[samples.length >> 1];
}
