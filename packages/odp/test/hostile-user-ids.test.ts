import { readdirSync, readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { createPipelinedFetch } from './pipelined-fetch.ts';
import { settingsFor, startLab, startOdp } from './running-odp.ts';

const lab = await startLab();
const platform = new Worker(new URL('./echo-platform.js', import.meta.url));
const port = await new Promise<number>((resolve) => platform.once('message', resolve));
const transport = createPipelinedFetch(port);
afterAll(async () => {
  transport.close();
  await platform.terminate();
});

const QUERY =
  'query($userId: String, $audiences: [String]) {customer(fs_user_id: $userId) {audiences(subset: $audiences) {edges {node {name state}}}}}';

const NASTY = [
  '"',
  '\\',
  '\\"',
  '"}]}',
  '{',
  '}',
  '$userId',
  '") {audiences {edges}}} #',
  '\n',
  '\r\n',
  '\0',
  '\u2028',
  '\ufeff',
  '\ud800',
  '\udc00',
  'é',
  'é',
  '👩‍👩‍👧',
  '‮abc',
  '__proto__',
  'constructor',
  '%s',
  '$&',
  "'; DROP TABLE users; --",
  '<script>',
  '../',
  ' ',
  '',
];

const hostileId = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 24 }),
  fc.string({ unit: fc.constantFrom(...NASTY), maxLength: 6 }),
  fc.string({ unit: fc.nat(0xffff).map((code) => String.fromCharCode(code)), maxLength: 12 }),
);

/** What the UTF-8 encoder of the platform makes of a text. */
const wellFormed = (text: string) =>
  new TextDecoder('utf-8', { ignoreBOM: true }).decode(new TextEncoder().encode(text));

test('[ODP-04] [SEC-04] for 100,000 hostile user ids the query text is constant and variables.userId is the id', async () => {
  const { odp } = startOdp(
    lab,
    { fetch: transport.fetch, segmentsCacheSize: 0 },
    { apiHost: `http://127.0.0.1:${port}` },
  );
  const ids = fc.sample(hostileId, { numRuns: 100_000, seed: 6 }).filter((id) => !id.startsWith('vuid_'));
  const wrong: string[] = [];
  let next = 0;
  const fetchRest = async () => {
    for (let id = ids[next++]; id !== undefined; id = ids[next++]) {
      const [userId, query, names] = await odp.fetchSegments({ userId: id, options: ['IGNORE_CACHE'] });
      if (userId !== `=${wellFormed(id)}` || query !== `=${QUERY}` || names !== '=userId,audiences') wrong.push(id);
    }
  };
  await Promise.all(Array.from({ length: 200 }, fetchRest));
  expect(wrong).toEqual([]);
  expect(ids.length).toBeGreaterThan(99_000);
}, 180_000);

test('[ODP-04] a real GraphQL server finds the segments of hostile ids, and hostile segments of a user', async () => {
  const ids = [...new Set(fc.sample(hostileId, { numRuns: 500, seed: 7 }).map(wellFormed))].filter((id) => id !== '');
  const segments = NASTY.map(wellFormed);
  const { odp, fetch } = startOdp(lab, { segmentsTimeoutMs: 60_000 });
  odp.configure(settingsFor(lab, { segmentsToCheck: segments }));
  for (const [index, id] of ids.entries()) lab.odp.setSegments(id, [segments[index % segments.length] ?? '']);
  for (const [index, id] of ids.entries()) expect(await fetch(id)).toEqual([segments[index % segments.length]]);
});

test('[SEC-04] no query is built from parts', () => {
  const folder = new URL('../src/', import.meta.url);
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts')) continue;
    const source = readFileSync(new URL(file, folder), 'utf8');
    expect(source, file).not.toMatch(/(`[^`]*(customer\(|audiences\()[^`]*`)|(customer\([^']*' *\+)/);
  }
});
