/** TypeScript: every entry of every package is imported, and the declarations are checked too. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Version to the ways of resolving modules it still has. */
const VERSIONS = {
  '5.4.5': ['node10', 'node16', 'bundler'],
  '5.9.3': ['node10', 'node16', 'bundler'],
  '6.0.3': ['node10', 'node16', 'bundler'],
  '7.0.2': ['node16', 'bundler'],
};

/** An application has these anyway where it imports the entry. */
const NEEDS = { '@sortition/testing/contracts': 'vitest' };

/** The declarations of `hono`, which are part of those of this entry, need TypeScript 5.7. */
const NEEDS_TYPESCRIPT_5_7 = '@sortition/emulator';

/** @type {import('./index.js').Row[]} */
export const typescriptRows = Object.entries(VERSIONS).flatMap(([version, resolutions]) =>
  resolutions.map((resolution) => ({
    name: `TypeScript ${version} ${resolution}`,
    does: isBefore57(version)
      ? `every entry imported but \`${NEEDS_TYPESCRIPT_5_7}\`, which needs TypeScript 5.7, skipLibCheck false`
      : 'every entry imported, skipLibCheck false',
    environment: `typescript-${version}`,
    dependencies: {
      typescript: version,
      '@types/node': '20.19.43',
      // Their types are part of ours.
      '@openfeature/core': '1.12.0',
      '@openfeature/server-sdk': '1.23.0',
      '@openfeature/web-sdk': '1.10.0',
      react: '19.3.1',
      '@types/react': '19.3.3',
    },
    run: async ({ environment }) => {
      const { folder, write, run } = environment;
      const { dependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      const entries = Object.keys(dependencies)
        .filter((name) => /^@?sortition/.test(name))
        .flatMap((name) => listEntries(folder, name))
        .filter((entry) => !(entry in NEEDS) && !(isBefore57(version) && entry === NEEDS_TYPESCRIPT_5_7));
      const text = entries.map(
        (entry, index) => `import * as entry${index} from '${entry}';\nexport { entry${index} };`,
      );
      const use = `import { createClient, createStaticConfig, type Decision } from 'sortition';
export const decision: Decision = createClient({ config: createStaticConfig({ datafile: '{}' }) }).createUserContext('a').decide('b');`;
      write(`${resolution}/entries.ts`, [...text, use].join('\n'));
      const module = { node10: 'ESNext', node16: 'Node16', bundler: 'ESNext' }[resolution];
      const compilerOptions = {
        module,
        moduleResolution: resolution,
        target: 'ES2022',
        lib: ['ES2022', 'DOM'],
        // Entries for Node name types of Node.
        types: ['node'],
        strict: true,
        skipLibCheck: false,
        noEmit: true,
        // TypeScript 6 warns about what 7 no longer has.
        ...(version.startsWith('6') && resolution === 'node10' ? { ignoreDeprecations: '6.0' } : {}),
      };
      write(`${resolution}/tsconfig.json`, JSON.stringify({ compilerOptions, files: ['entries.ts'] }));
      write(`${resolution}/package.json`, JSON.stringify({ type: 'module' }));
      await run('node', ['node_modules/typescript/bin/tsc', '-p', `${resolution}/tsconfig.json`]);
    },
  })),
);

/** @param {string} version */
function isBefore57(version) {
  return version.startsWith('5.4.');
}

/**
 * @param {string} folder
 * @param {string} name
 * @returns {string[]} what can be imported from a package
 */
function listEntries(folder, name) {
  const { exports } = JSON.parse(readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8'));
  return Object.keys(exports)
    .filter((entry) => !entry.endsWith('.json'))
    .map((entry) => `${name}${entry.slice(1)}`);
}
