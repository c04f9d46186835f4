/**
 * An application that installs every public package from its tarball, with npm, in a folder of its own: nothing of the
 * workspace is around it.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { REQUIRES_NO_MODULES } from './check-commonjs.js';

/** Entries that run inside a test runner only, which an application without tests has not installed. */
const TEST_ENTRIES = new Set(['@sortition/testing/contracts']);

/** What entries run inside of, which the application brings: peers that are left out unless one asks for them. */
const HOSTS = [
  '@openfeature/core',
  '@openfeature/server-sdk',
  '@openfeature/web-sdk',
  '@types/node',
  '@types/react',
  'react',
  'react-dom',
];

/** Entries whose types are made of a host's or a server's that needs the types of Node. All others have to do without these. */
const NEEDS_NODE_TYPES = new Set(['@sortition/emulator', '@sortition/openfeature/server']);

const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');

/** What is run in the application: its file or project, and what it shows. */
const CHECKS = {
  'ES modules import every entry': ['esm.mjs'],
  'CommonJS requires every entry': [...REQUIRES_NO_MODULES, 'commonjs.cjs'],
  'TypeScript compiles as Node resolves': [tsc, '-p', 'tsconfig.json'],
  'TypeScript compiles as a bundler resolves': [tsc, '-p', 'tsconfig.bundler.json'],
  'TypeScript compiles entries of hosts on Node': [tsc, '-p', 'tsconfig.node.json'],
  'an application decides, as an ES module': ['decide.mjs'],
  'an application decides, as CommonJS': [...REQUIRES_NO_MODULES, 'decide.cjs'],
};

/**
 * Installs and checks. Needs a registry for the third-party dependencies.
 *
 * @param {readonly import('./pack.js').PackedPackage[]} packages
 * @returns {{ check: string, problem: string | null }[]} the outcome of each check
 */
export function checkConsumer(packages) {
  const [first] = packages;
  if (first === undefined) throw new Error('there is no public package');
  const project = join(first.project, 'application');
  mkdirSync(project);
  const write = (/** @type {string} */ file, /** @type {string} */ text) =>
    writeFileSync(join(project, file), `${text}\n`);
  write('package.json', JSON.stringify({ private: true, type: 'module' }));
  const installed = run(project, 'npm', [
    ...['install', '--ignore-scripts', '--no-audit', '--no-fund', '--legacy-peer-deps'],
    ...packages.map(({ tarball }) => tarball),
    ...listHosts(packages),
  ]);
  if (installed !== null) return [{ check: 'npm installs the tarballs', problem: installed }];

  const modules = listEntries(packages, 'import');
  const required = listEntries(packages, 'require');
  const importAll = (/** @type {string[]} */ entries) =>
    entries.map((entry, index) => `import * as entry${index} from '${entry}';\nexport { entry${index} };`).join('\n');
  const withoutNode = (/** @type {string[]} */ entries) => entries.filter((entry) => !NEEDS_NODE_TYPES.has(entry));
  write('esm.ts', importAll(withoutNode(modules)));
  write('commonjs.cts', importAll(withoutNode(required)));
  write('node.ts', importAll([...NEEDS_NODE_TYPES]));
  write('esm.mjs', modules.map((entry) => `await import('${entry}');`).join('\n'));
  write('commonjs.cjs', required.map((entry) => `require('${entry}');`).join('\n'));
  write(
    'decide.mjs',
    `import { ${NAMES} } from 'sortition';\nimport * as cookies from 'sortition/cookies';\n${DECIDE}`,
  );
  write(
    'decide.cjs',
    `const { ${NAMES} } = require('sortition');\nconst cookies = require('sortition/cookies');\n${DECIDE}`,
  );
  const shared = {
    target: 'ES2022',
    lib: ['ES2022', 'DOM'],
    types: [],
    strict: true,
    skipLibCheck: false,
    noEmit: true,
  };
  write(
    'tsconfig.json',
    JSON.stringify({ compilerOptions: { ...shared, module: 'NodeNext' }, files: ['esm.ts', 'commonjs.cts'] }),
  );
  write(
    'tsconfig.node.json',
    JSON.stringify({ compilerOptions: { ...shared, types: ['node'], module: 'NodeNext' }, files: ['node.ts'] }),
  );
  write(
    'tsconfig.bundler.json',
    JSON.stringify({
      compilerOptions: { ...shared, module: 'ESNext', moduleResolution: 'bundler' },
      files: ['esm.ts'],
    }),
  );
  return Object.entries(CHECKS).map(([check, command]) => ({
    check,
    problem: run(project, process.execPath, command),
  }));
}

const DATAFILE = { version: '4', revision: '7', accountId: '1', projectId: '2', featureFlags: [] };

const NAMES = 'createClient, createStaticConfig, isSdkError';

const DECIDE = `
const client = createClient({ config: createStaticConfig({ datafile: ${JSON.stringify(DATAFILE)} }), events: null, logger: false });
const { reasons } = client.createUserContext('ada').decide('missing');
if (client.getProjectInfo().revision !== '7' || reasons.length !== 1) throw new Error(JSON.stringify(reasons));
let refusal;
try {
  cookies.amplitudeCookieName('');
} catch (error) {
  refusal = error;
}
if (!isSdkError(refusal)) throw new Error('The error of the cookies, which hold an error class of their own, is not known.');
`;

/**
 * @param {readonly import('./pack.js').PackedPackage[]} packages
 * @returns {string[]} the hosts, at the versions our own tests run with
 */
function listHosts(packages) {
  const versions = Object.assign({}, ...packages.map(({ published }) => published.devDependencies));
  return HOSTS.map((name) => `${name}@${versions[name]}`);
}

/**
 * @param {readonly import('./pack.js').PackedPackage[]} packages
 * @param {'import' | 'require'} condition
 * @returns {string[]} what an application can import or require
 */
function listEntries(packages, condition) {
  return packages.flatMap(({ name, published }) =>
    Object.entries(published.exports)
      .filter(([entry, target]) => entry !== './package.json' && target[condition] !== undefined)
      .map(([entry]) => `${name}${entry.slice(1)}`)
      .filter((entry) => !TEST_ENTRIES.has(entry)),
  );
}

/**
 * @param {string} cwd
 * @param {string} command
 * @param {readonly string[]} commandArguments
 * @returns {string | null} what it printed when it failed
 */
function run(cwd, command, commandArguments) {
  const { status, stdout, stderr, error } = spawnSync(command, commandArguments, { cwd, encoding: 'utf8' });
  return status === 0 ? null : `${error ?? ''}${stdout}${stderr}`.trimEnd();
}
