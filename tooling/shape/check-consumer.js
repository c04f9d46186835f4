/**
 * An application that has installed every public package from its tarball, with nothing of the workspace around it.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Entries that run inside a test runner only, which an application without tests has not installed. */
const TEST_ENTRIES = new Set(['@sortition/testing/contracts']);

const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');

/**
 * @param {readonly import('./pack.js').PackedPackage[]} packages
 * @returns {string[]} problems
 */
export function checkConsumer(packages) {
  const [first] = packages;
  if (first === undefined) return ['there is no public package'];
  const { project } = first;
  for (const packed of packages) linkThirdParty(packed);

  const entries = packages.flatMap(({ name, published }) =>
    Object.entries(published.exports)
      .filter(([entry, target]) => entry !== './package.json' && target.import !== undefined)
      .map(([entry]) => `${name}${entry.slice(1)}`)
      .filter((entry) => !TEST_ENTRIES.has(entry)),
  );
  const imports = entries
    .map((entry, index) => `import * as entry${index} from '${entry}';\nexport { entry${index} };`)
    .join('\n');
  const write = (/** @type {string} */ file, /** @type {string} */ text) =>
    writeFileSync(join(project, file), `${text}\n`);
  write('package.json', JSON.stringify({ private: true, type: 'module' }));
  write('esm.ts', imports);
  write('commonjs.cts', imports);
  write('esm.mjs', entries.map((entry) => `await import('${entry}');`).join('\n'));
  write('commonjs.cjs', entries.map((entry) => `require('${entry}');`).join('\n'));
  write(
    'tsconfig.json',
    JSON.stringify({
      compilerOptions: {
        target: 'ES2022',
        lib: ['ES2022', 'DOM'],
        types: [],
        module: 'NodeNext',
        strict: true,
        skipLibCheck: false,
        noEmit: true,
      },
      files: ['esm.ts', 'commonjs.cts'],
    }),
  );
  return [[tsc, '-p', 'tsconfig.json'], ['esm.mjs'], ['commonjs.cjs']].flatMap((command) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, command, { cwd: project, encoding: 'utf8' });
    return status === 0 ? [] : [`${command.at(-1)}:\n${stdout}${stderr}`.trimEnd()];
  });
}

/** @param {import('./pack.js').PackedPackage} packed */
function linkThirdParty({ folder, published, project }) {
  for (const dependency of Object.keys(published.dependencies ?? {})) {
    const link = join(project, 'node_modules', dependency);
    if (existsSync(link)) continue;
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(realpathSync(join(folder, 'node_modules', dependency)), link);
  }
}
