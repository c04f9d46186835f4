/**
 * `pnpm demo` and its like, `run-app.js <app> [arguments]`: builds an app and what it needs, then runs it in the foreground.
 *
 * Apps named by `--with` are built as well, for the first one to start, which finds their names in `RUN_WITH`. The app is run by
 * Node itself, because turbo takes the terminal away from what it runs.
 */
import './check-node.cjs';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildPackages } from './build-packages.js';
import { readOptions, refuse } from './read-options.js';
import { root } from './tested-packages.js';

/** The shops that the lab can start. */
const SHOPS = ['storefront', 'next-shop'];

/** @type {Readonly<Record<string, Parameters<typeof readOptions>[0]>>} the decision server says itself what it takes */
const COMMANDS = {
  tour: {
    usage: 'pnpm demo',
    text: 'A guided tour in the terminal: decisions of a sample shop with their explanations, then 100,000 users.',
  },
  lab: {
    usage: 'pnpm lab',
    text: `Runs the hosted services on this machine, with a page, and shops that use them. The variables LAB_PORT (4010),
STOREFRONT_PORT (4020), NEXT_SHOP_PORT (4030) and LAB_DATA (.lab) choose ports and the folder of what is collected.`,
    options: {
      with: { type: 'string', takes: SHOPS.join('|'), multiple: true, text: 'a shop to start' },
      built: { type: 'boolean', text: 'takes what was built before' },
    },
  },
};

const [app = '', ...args] = process.argv.slice(2);
const command = COMMANDS[app];
/** @type {{ with?: string[], built?: boolean }} */
const { with: shops = [], built = false } = command === undefined ? {} : readOptions(command, args).values;
const unknown = shops.find((name) => !SHOPS.includes(name));
if (unknown !== undefined) refuse(`There is no shop "${unknown}"; expected ${SHOPS.join(' or ')}.`);
const names = [app, ...shops].map(
  (name) => JSON.parse(readFileSync(join(root, 'apps', name, 'package.json'), 'utf8')).name,
);

if (!built) {
  console.error(`Building ${names.join(' and ')} with the packages below (half a minute the first time):`);
  if (!(await buildPackages(names))) process.exit(1);
}
const run = spawn(
  process.execPath,
  [join(root, 'apps', app, 'dist', 'main.js'), ...(command === undefined ? args : [])],
  {
    stdio: 'inherit',
    env: { ...process.env, RUN_WITH: shops.join() },
  },
);
// A terminal sends Ctrl-C to the app as well; a signal to this process alone must not leave the app running.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => run.kill('SIGTERM'));
run.on('close', (status) => {
  process.exitCode = status ?? 1;
});
