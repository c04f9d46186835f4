/**
 * `pnpm demo` and its like: builds an app and what it needs, then runs it in the foreground.
 *
 * `run-app.js <app> [--with <other app>]... [--built] [arguments of the app]`; an app named by `--with` is built as well, for the
 * first one to start, which finds their names in `RUN_WITH`; `--built` takes what was built before. The app is run by Node itself, because turbo takes the terminal away from what it runs.
 */
import './check-node.cjs';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildPackages } from './build-packages.js';
import { root } from './tested-packages.js';

const [app = '', ...appArguments] = process.argv.slice(2);
const apps = [app];
while (appArguments[0] === '--with') apps.push(...appArguments.splice(0, 2).slice(1));
const isBuilt = appArguments[0] === '--built' && appArguments.shift() !== undefined;
const names = apps.map((name) => JSON.parse(readFileSync(join(root, 'apps', name, 'package.json'), 'utf8')).name);

if (!isBuilt) {
  console.error(`Building ${names.join(' and ')} with the packages below (half a minute the first time):`);
  if (!(await buildPackages(names))) process.exit(1);
}
const run = spawn(process.execPath, [join(root, 'apps', app, 'dist', 'main.js'), ...appArguments], {
  stdio: 'inherit',
  env: { ...process.env, RUN_WITH: apps.slice(1).join() },
});
// A terminal sends Ctrl-C to the app as well; a signal to this process alone must not leave the app running.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => run.kill('SIGTERM'));
run.on('close', (status) => {
  process.exitCode = status ?? 1;
});
