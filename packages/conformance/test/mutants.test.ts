import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { afterAll, describe, expect, it } from 'vitest';
import { type Implementation, loadVectors, runConformance, type VectorFile } from '../src/index.ts';
import { MUTANTS, type Mutant } from './mutants.ts';

const CORE = fileURLToPath(new URL('../../core/src/', import.meta.url));
const sources = readdirSync(CORE, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
const folder = mkdtempSync(join(tmpdir(), 'sortition-mutants-'));
writeFileSync(join(folder, 'package.json'), '{"version":"0.0.0"}');
afterAll(() => rmSync(folder, { recursive: true }));

/** The file that has the text, and has it once. */
function findSource({ from, fault }: Mutant): string {
  const found = sources.filter((name) => readFileSync(join(CORE, name), 'utf8').includes(from));
  const [name] = found;
  const count = name === undefined ? 0 : readFileSync(join(CORE, name), 'utf8').split(from).length - 1;
  if (name === undefined || found.length > 1 || count !== 1) {
    throw new Error(
      `"${from}" (${fault}) is ${count} times in [${found.join(', ')}]; expected once in one file of core.`,
    );
  }
  return name;
}

/** Sortition as an implementation, with the fault in its core. */
async function createMutant(mutant: Mutant, index: number): Promise<Implementation> {
  const path = join(CORE, findSource(mutant));
  const seed: Plugin = {
    name: 'seed-fault',
    setup: ({ onLoad }) => {
      onLoad({ filter: /\/core\/src\// }, (args) =>
        args.path === path
          ? { contents: readFileSync(path, 'utf8').replace(mutant.from, () => mutant.to), loader: 'ts' }
          : undefined,
      );
    },
  };
  const outfile = join(folder, 'dist', `${index}.mjs`);
  await build({
    entryPoints: [fileURLToPath(new URL('../src/adapters/sortition.ts', import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['@sortition/source'],
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    plugins: [seed],
    logLevel: 'error',
  });
  const { createSortitionAdapter } = (await import(pathToFileURL(outfile).href)) as {
    createSortitionAdapter(): Implementation;
  };
  return createSortitionAdapter();
}

const ORDER = ['decisions', 'versions', 'conditions', 'variables', 'events', 'segments', 'bucketing'];

describe('an implementation that', () => {
  let vectors: readonly VectorFile[] | undefined;

  it.each(MUTANTS.map((mutant, index) => ({ ...mutant, index })))(
    '$fault is reported',
    async ({ index, ...mutant }) => {
      // Most faults show in decisions first.
      vectors ??= [...(await loadVectors())].sort((a, b) => ORDER.indexOf(a.area) - ORDER.indexOf(b.area));
      const implementation = await createMutant(mutant, index);
      const { ok, failures } = await runConformance(implementation, { vectors, stopAfter: 1 });
      expect(ok).toBe(false);
      expect(failures.length).toBeGreaterThan(0);
    },
  );

  it('is one of at least thirty', () => {
    expect(MUTANTS.length).toBeGreaterThanOrEqual(30);
  });
});
