import { createDecisionServer } from '@sortition/server';
import { createClient, createStaticConfig } from 'sortition';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type AdapterServer,
  connectAdapter,
  createAgentAdapter,
  createBadge,
  createOfficialAdapter,
  createSortitionAdapter,
  type DecisionsInput,
  formatResult,
  type Implementation,
  loadVectors,
  type Outputs,
  runConformance,
  serveAdapter,
  type VectorFile,
} from '../src/index.ts';

let vectors: readonly VectorFile[];
beforeAll(async () => {
  vectors = await loadVectors();
});

const MINUTES = 240_000;

describe('the vectors', () => {
  it('are at least twenty thousand rows in seven areas, each with an id of its own', () => {
    const rows = vectors.flatMap(({ groups }) => groups.flatMap((group) => group.rows));
    expect(rows.length).toBeGreaterThan(20_000);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
    expect(new Set(vectors.map(({ area }) => area)).size).toBe(7);
  });

  it('cover groups, holdouts, feature rollouts, forced decisions, profiles and the versions of datafiles', () => {
    const groups = vectors.find(({ groups: [first] }) => first?.id === 'decisions-1')?.groups ?? [];
    const texts = JSON.stringify(groups);
    for (const part of [
      '"policy":"random"',
      '"localHoldouts":[{',
      '"holdouts":[{',
      '"type":"fr"',
      '"version":"2"',
      '"version":"3"',
    ]) {
      expect(texts, part).toContain(part);
    }
    const inputs = groups.flatMap(({ rows }) => rows.map(({ input }) => input as DecisionsInput));
    expect(inputs.some(({ forced }) => forced.length > 0)).toBe(true);
    expect(inputs.some(({ profile }) => profile !== null)).toBe(true);
  });

  it('are answered by the official SDK as they say', { timeout: MINUTES }, async () => {
    const result = await runConformance(createOfficialAdapter(), { vectors });
    expect(result.failures).toEqual([]);
    expect(result.ok).toBe(true);
    const deviating = vectors
      .flatMap(({ groups }) => groups.flatMap(({ rows }) => rows))
      .filter((row) => row.deviations);
    expect(result.areas.reduce((sum, { asOfficial }) => sum + asOfficial, 0)).toBe(deviating.length);
  });
});

describe('an adapter behind HTTP', () => {
  let server: AdapterServer;
  beforeAll(async () => {
    server = await serveAdapter(createSortitionAdapter(), { port: 0 });
  });
  afterAll(() => server.close());

  it('of Sortition answers every row as expected', { timeout: MINUTES }, async () => {
    const progress: number[] = [];
    const result = await runConformance(connectAdapter(server.url), {
      vectors,
      onProgress: (done) => progress.push(done),
    });
    expect(result.failures).toEqual([]);
    expect(result.areas.every(({ rows, passed }) => rows > 0 && rows === passed)).toBe(true);
    expect(progress.at(-1)).toBe(result.areas.reduce((sum, { rows }) => sum + rows, 0));
    expect(createBadge(result)).toMatchObject({ schemaVersion: 1, color: 'brightgreen' });
    expect(formatResult(result)).toMatch(/^sortition[\s\S]*area +rows +passed[\s\S]*Conforms\.$/);
  });

  it('answers other requests with what it expects', async () => {
    const answer = await fetch(`${server.url}/nothing`);
    expect(answer.status).toBe(404);
    expect(await answer.json()).toEqual({ error: 'not found; expected GET / or POST /rows' });
    const broken = await fetch(`${server.url}/rows`, { method: 'POST', body: 'no json' });
    expect(broken.status).toBe(400);
  });

  it('that is not there is said with the reason', async () => {
    await expect(connectAdapter('http://127.0.0.1:9').info()).rejects.toThrow(
      /^http:\/\/127\.0\.0\.1:9\/ did not answer \(.+\); expected an adapter to listen there\.$/,
    );
  });
});

describe('a server that speaks the agent API', () => {
  it('is tried with the decisions it can be asked for', { timeout: MINUTES }, async () => {
    const servers = new Map<string, ReturnType<typeof createDecisionServer>>();
    const agent = createAgentAdapter({
      url: 'http://agent.test',
      prepare: (sdkKey, datafile) => {
        const client = createClient({
          config: createStaticConfig({ datafile: JSON.stringify(datafile) }),
          events: null,
          logger: false,
        });
        servers.set(sdkKey, createDecisionServer({ projects: [{ sdkKey, client }] }));
      },
      async fetch(url, init) {
        const request = new Request(url, init);
        const server = servers.get(request.headers.get('x-optimizely-sdk-key') ?? '');
        return server ? server.fetch(request) : new Response(null, { status: 404 });
      },
    });
    try {
      const result = await runConformance(agent, { vectors: decisionsOf(vectors, 120), areas: ['decisions'] });
      expect(result.failures.map(({ id, difference: { path, actual } }) => ({ id, path, actual }))).toEqual([]);
      expect(result.areas[0]?.passed).toBeGreaterThan(150);
    } finally {
      for (const server of servers.values()) await server.close();
    }
  });
});

describe('an implementation that is wrong', () => {
  const wrong = (change: (output: Outputs['decisions']) => unknown): Implementation => {
    const right = createSortitionAdapter();
    return {
      ...right,
      async run(request) {
        const { outputs } = await right.run(request);
        return { outputs: outputs.map((output) => change(output as Outputs['decisions']) as never) };
      },
    };
  };
  const few = () => decisionsOf(vectors, 10);

  it.each([
    ['answers nothing', () => null, 'Does not conform.'],
    ['answers an error', () => ({ error: 'no memory' }), 'error: no memory'],
    [
      'serves another variation',
      ({ decisions, saved }: Outputs['decisions']) => ({ decisions: mapAll(decisions), saved }),
      'variationKey',
    ],
    ['saves nothing', ({ decisions }: Outputs['decisions']) => ({ decisions, saved: null }), 'saved'],
  ] as const)('because it %s is reported', async (_name, change, shown) => {
    const result = await runConformance(wrong(change), { vectors: few(), areas: ['decisions'] });
    expect(result.ok).toBe(false);
    expect(formatResult(result)).toContain(shown);
    expect(createBadge(result).color).toBe('red');
  });

  it('and violates a property is reported with the property in words', async () => {
    const properties = vectors.filter(({ groups }) => groups.some(({ property }) => property));
    const result = await runConformance(
      wrong(() => ({ decisions: {}, saved: null })),
      { vectors: properties },
    );
    expect(result.brokenProperties.length).toBeGreaterThanOrEqual(10);
    expect(formatResult(result)).toContain('A ramp is monotonic');
  });

  it('has not conformed when it supports nothing', async () => {
    const result = await runConformance(
      wrong(() => ({ unsupported: 'not yet' })),
      { vectors: few() },
    );
    expect(result.ok).toBe(false);
  });

  it('or answers too few outputs ends the run', async () => {
    const short: Implementation = { ...createSortitionAdapter(), run: async () => ({ outputs: [] }) };
    await expect(runConformance(short, { vectors: few() })).rejects.toThrow(/answered 0 outputs for \d+ inputs/);
  });
});

function mapAll(decisions: Outputs['decisions']['decisions']): unknown {
  return Object.fromEntries(
    Object.entries(decisions).map(([key, decision]) => [key, { ...decision, variationKey: 'another' }]),
  );
}

/** The first groups of decisions alone. */
function decisionsOf(files: readonly VectorFile[], count: number): VectorFile[] {
  return files
    .filter(({ area, groups: [first] }) => area === 'decisions' && first?.property === undefined)
    .map((file) => ({ ...file, groups: file.groups.slice(0, count) }));
}
