import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { flag, rule, smallDatafile, targetedDatafile } from './small-datafile.ts';

const folder = mkdtempSync(join(tmpdir(), 'sortition-runtimes-'));
const bundle = join(folder, 'sortition.mjs');

beforeAll(async () => {
  await build({
    stdin: { contents: "export * from 'sortition';", resolveDir: fileURLToPath(new URL('..', import.meta.url)) },
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['@sortition/source'],
  });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Decides every flag of a datafile in a Node of its own; returns what it printed. */
function decideIn(nodeOptions: readonly string[], datafile: string, attributes: string): string {
  const script = join(folder, 'decide.mjs');
  writeFileSync(join(folder, 'datafile.json'), datafile);
  writeFileSync(
    script,
    `import { readFileSync } from 'node:fs';
import { createClient, createMemoryProfileStore, createStaticConfig } from './sortition.mjs';
const datafile = readFileSync(new URL('./datafile.json', import.meta.url), 'utf8');
const client = createClient({ config: createStaticConfig({ datafile }), profiles: createMemoryProfileStore(), events: null, logger: false });
const user = client.createUserContext('ada', JSON.parse(${JSON.stringify(attributes)}));
user.setForcedDecision({ flagKey: '__proto__', ruleKey: 'constructor' }, { variationKey: 'toString' });
const decisions = [...Object.values(user.decideAll(['INCLUDE_REASONS'])), ...Object.values(await user.decideAllAsync())];
client.getProjectInfo();
for (const { flagKey } of decisions) user.explain(flagKey);
console.log(JSON.stringify(decisions.map(({ flagKey, variationKey }) => [flagKey, variationKey])));
`,
  );
  const { stdout, stderr } = spawnSync(process.execPath, [...nodeOptions, script], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  return stdout.trim() || stderr;
}

const NAMES = ['__proto__', 'constructor', 'prototype', 'hasOwnProperty', 'toString', '__defineGetter__'];

it.each([[['--disable-proto=throw']], [['--disable-proto=delete']], [['--frozen-intrinsics', '--no-warnings']]])(
  '[DF-03] names that Object.prototype has are ordinary under node %j',
  (nodeOptions) => {
    const datafile = smallDatafile({
      featureFlags: NAMES.map((name) =>
        flag(name, [name], {
          variables: [{ id: name, key: name, type: 'string', subType: 'json', defaultValue: `{"${name}":1}` }],
        }),
      ),
      experiments: NAMES.map((name) => rule(name, [name], { audienceIds: [name] })),
      typedAudiences: NAMES.map((name) => ({
        id: name,
        name,
        conditions: ['or', { type: 'custom_attribute', name, match: 'exists' }],
      })),
    });
    const attributes = `{${NAMES.map((name) => `"${name}":1`).join(',')}}`;
    const served = NAMES.map((name) => [name, `variation_${name}`]);
    expect(decideIn(nodeOptions, JSON.stringify(datafile), attributes)).toBe(JSON.stringify([...served, ...served]));
  },
  90_000,
);

it.each([100, 10_000, 1_000_000])(
  '[DF-04] conditions %i levels deep overflow no small stack',
  (depth) => {
    const leaf = JSON.stringify({ type: 'custom_attribute', name: 'x', match: 'exists' });
    const conditions = `${'["and",'.repeat(depth)}${leaf}${']'.repeat(depth)}`;
    const datafile = JSON.stringify(targetedDatafile('DEEP')).replace('"DEEP"', conditions);
    const served = depth <= 100 ? 'variation_11' : null;
    expect(decideIn(['--stack-size=200'], datafile, '{"x":1}')).toBe(
      JSON.stringify([
        ['a', served],
        ['a', served],
      ]),
    );
  },
  90_000,
);
