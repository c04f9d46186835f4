/** Jest with CommonJS, as it is without configuration, in Node's environment and in jsdom's. */

const VERSIONS = { '29.7.0': false, '30.5.2': true };

/** What a page has and jsdom does not: an application that requests anything in such a test brings these along. */
const BROWSER_GLOBALS = `
const { TestEnvironment } = require('jest-environment-jsdom');
module.exports = class extends (TestEnvironment ?? require('jest-environment-jsdom').default) {
  async setup() {
    await super.setup();
    for (const name of ['fetch', 'Request', 'Response', 'Headers']) this.global[name] = globalThis[name];
  }
};
`;

/** @param {import('./index.js').JobSettings} settings */
const writeTest = (settings) => `
const { runJob } = require('./job.cjs');
test('the job', async () => {
  const { base, userId, datafile } = ${JSON.stringify(settings)};
  const answer = await runJob(base, userId, datafile);
  process.stdout.write('ANSWER ' + JSON.stringify(answer) + '\\n');
}, 60000);
`;

/** @type {import('./index.js').Row[]} */
export const jestRows = Object.entries(VERSIONS).flatMap(([version, fast]) =>
  ['node', 'jsdom'].map((kind) => ({
    name: `Jest ${version} CommonJS, ${kind}`,
    does: kind === 'node' ? 'the job' : 'the job, with fetch given to the environment',
    fast: fast && kind === 'node',
    environment: `jest-${version}${fast && kind === 'node' ? '' : '-jsdom'}`,
    dependencies: {
      jest: version,
      ...(fast && kind === 'node' ? {} : { 'jest-environment-jsdom': version }),
    },
    run: async ({ environment, doJob }) => {
      environment.write('page-environment.cjs', BROWSER_GLOBALS);
      const testEnvironment = kind === 'node' ? 'node' : '<rootDir>/page-environment.cjs';
      environment.write(
        'jest.config.json',
        JSON.stringify({
          testEnvironment,
          testMatch: [`**/${kind}.test.cjs`],
          moduleFileExtensions: ['js', 'cjs', 'mjs', 'json'],
        }),
      );
      await doJob((settings) => {
        environment.write(`${kind}.test.cjs`, writeTest(settings));
        return environment.run('node', ['node_modules/jest/bin/jest.js', '--config', 'jest.config.json']);
      });
    },
  })),
);
