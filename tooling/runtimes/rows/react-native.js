/**
 * React Native's bundler, without package exports as it was up to 0.81 and with them, and the compilers of its engine on the
 * result. The bundle does the job too, in Node.
 */
import { join } from 'node:path';
import { installNode, runProgram } from './node.js';

const BUNDLERS = {
  '0.81.5': { preset: '0.78.3', node: '20.18.3', exports: false, compilers: ['hermes-engine-cli', 'hermes-compiler'] },
  // Its preset leaves classes with private members to the engine, which the old compiler does not know.
  '0.87.1': { preset: '0.88.1', node: '24.22.3', exports: true, compilers: ['hermes-compiler'] },
};

/** The compiler of React Native 0.70 to 0.73, and the current one. */
/** @type {Readonly<Record<string, string>>} */
const COMPILERS = { 'hermes-engine-cli': '0.12.0', 'hermes-compiler': '260318099.0.8' };

/** @type {import('./index.js').Row[]} */
export const reactNativeRows = Object.entries(BUNDLERS).map(([version, { preset, node, exports, compilers }]) => ({
  name: `Metro ${version}, package exports ${exports ? 'on' : 'off'}`,
  does: `a bundle that does the job and that Hermes takes (${compilers.map((name) => COMPILERS[name]).join(', ')})`,
  dependencies: { metro: version, '@react-native/babel-preset': preset, '@babel/core': '7.28.5', ...COMPILERS },
  run: async ({ environment, install, doJob }) => {
    const nodeFolder = await installNode(node, install);
    environment.write('babel.config.js', "module.exports = { presets: ['module:@react-native/babel-preset'] };");
    environment.write('bundle.cjs', writeBundler(exports));
    await environment.run('node', ['bundle.cjs'], { nodeFolder });
    await doJob((settings) => runProgram(environment, 'out.cjs', settings));
    for (const compiler of compilers) {
      const program = await findCompiler(environment, compiler);
      await environment.run(program, ['-emit-binary', '-O', '-w', '-out', `${compiler}.hbc`, 'out.cjs']);
    }
  },
}));

/** @param {boolean} exports */
const writeBundler = (exports) => `
const Metro = require('metro');
const { mergeConfig } = Metro;
(async () => {
  const config = mergeConfig(await Metro.loadConfig({ cwd: __dirname }), {
    projectRoot: __dirname,
    watchFolders: [__dirname],
    resolver: {
      resolverMainFields: ['react-native', 'browser', 'main'],
      sourceExts: ['js', 'json', 'cjs', 'mjs'],
      unstable_enablePackageExports: ${exports},
      unstable_conditionNames: ['require', 'react-native'],
      useWatchman: false,
    },
    cacheStores: [],
    maxWorkers: 1,
  });
  const { code } = await Metro.runBuild(config, { entry: 'program.mjs', platform: 'ios', dev: false, minify: false });
  require('node:fs').writeFileSync('out.cjs', code);
})().then(() => process.exit(0), (error) => { console.error(error); process.exit(1); });
`;

/**
 * @param {import('../environment.js').Environment} environment
 * @param {string} name of the package
 */
async function findCompiler({ folder, run }, name) {
  const found = await run('find', [join(folder, 'node_modules', name), '-path', '*linux*', '-name', 'hermesc']);
  const [program] = found.trim().split('\n');
  if (!program) throw new Error(`${name} has no compiler for Linux`);
  await run('chmod', ['+x', program]);
  return program;
}
