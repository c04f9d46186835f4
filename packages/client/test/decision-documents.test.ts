import { readFileSync } from 'node:fs';
import { type Profiler, Session } from 'node:inspector/promises';
import { createStaticConfig } from '@sortition/datafile';
import { expect, it } from 'vitest';
import { createClient } from '../src/index.ts';
import { shopProject } from './shop-project.ts';

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

/** The source files with a function that ran meanwhile, as paths in the repository. */
async function filesOf(act: () => void): Promise<string[]> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
  await session.post('Profiler.takePreciseCoverage');
  act();
  const { result } = await session.post('Profiler.takePreciseCoverage');
  session.disconnect();
  // Test runners make a function without a name of each export.
  const hasRun = ({ functionName, ranges }: Profiler.FunctionCoverage): boolean =>
    functionName !== '' && (ranges[0]?.count ?? 0) > 0;
  return result
    .filter(({ functions }) => functions.some(hasRun))
    .flatMap(({ url }) => /packages\/\w+\/src\/.*$/.exec(url) ?? [])
    .sort();
}

it('docs/architecture.md names the files that a decision by bucket passes, and no other', async () => {
  const experiment = {
    id: '10',
    key: 'search_test',
    status: 'Running',
    layerId: '1',
    variations: [
      { id: '101', key: 'new', featureEnabled: true, variables: [] },
      { id: '102', key: 'old', featureEnabled: false, variables: [] },
    ],
    trafficAllocation: [
      { entityId: '101', endOfRange: 5_000 },
      { entityId: '102', endOfRange: 10_000 },
    ],
    audienceIds: [],
    forcedVariations: {},
  };
  const datafile = shopProject({ experiments: [experiment] });
  const client = createClient({ config: createStaticConfig({ datafile }), logger: false });
  const decide = (userId: string) => client.createUserContext(userId, { plan: 'pro' }).decide('search').variationKey;
  // What the first decision of each variation prepares is not part of the walk.
  const variations = new Set(Array.from({ length: 20 }, (_, index) => decide(`user-${index}`)));
  expect(variations).toEqual(new Set(['new', 'old']));

  const passed = await filesOf(() => decide('ada'));

  const [, section = ''] = read('docs/architecture.md').split('### From `createUserContext` to the bucket');
  const rows = section.split('\n## ')[0]?.matchAll(/^\| \d+ \| `(.*?)`/gm) ?? [];
  expect(passed).toEqual(Array.from(rows, ([, file]) => file).sort());
});

it('docs/how-a-flag-is-decided.md has the table of steps that stands above decide', () => {
  const tableOf = (path: string): readonly string[] =>
    Array.from(read(path).matchAll(/^(?: \* )?(\| (?!-).*)/gm), ([, row = '']) => row.replaceAll(/ +/g, ' '));
  const table = tableOf('docs/how-a-flag-is-decided.md');
  expect(table.length).toBeGreaterThan(10);
  expect(tableOf('packages/core/src/decide.ts')).toEqual(table);
});
