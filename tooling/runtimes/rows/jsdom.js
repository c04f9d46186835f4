/** A page without a browser: scripts that need a document run in jsdom. */

export const JSDOM_VERSION = '26.1.0';

/**
 * Runs a script in a page of its own, which gets the job's settings and `fetch`, which jsdom does not have.
 *
 * @param {import('../environment.js').Environment} environment with jsdom
 * @param {string} script path in the environment
 * @param {import('./index.js').JobSettings} settings
 */
export function runPage(environment, script, settings) {
  environment.write(
    'page.mjs',
    `import { readFileSync } from 'node:fs';
import { JSDOM, VirtualConsole } from 'jsdom';
const virtualConsole = new VirtualConsole();
virtualConsole.on('log', (text) => console.log(text));
const { window } = new JSDOM('', { url: 'http://127.0.0.1/', runScripts: 'outside-only', virtualConsole });
for (const name of ['fetch', 'Request', 'Response', 'Headers']) window[name] = globalThis[name];
window.JOB = ${JSON.stringify(settings)};
window.eval(readFileSync(${JSON.stringify(script)}, 'utf8'));
`,
  );
  return environment.run('node', ['page.mjs']);
}
