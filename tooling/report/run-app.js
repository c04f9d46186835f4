/**
 * `pnpm demo` and its like: builds an app and what it needs, then runs it in the foreground.
 *
 * The app is run by Node itself, because turbo takes the terminal away from what it runs.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const [app = '', ...appArguments] = process.argv.slice(2);
const { name } = JSON.parse(readFileSync(join(root, 'apps', app, 'package.json'), 'utf8'));

console.error(`Building ${name} (the first time takes a moment) ...`);
const build = spawnSync('turbo', ['run', 'build', `--filter=${name}`, '--output-logs=errors-only'], {
  cwd: root,
  encoding: 'utf8',
  env: {
    ...process.env,
    PATH: `${join(root, 'node_modules', '.bin')}${delimiter}${process.env.PATH ?? ''}`,
    TURBO_TELEMETRY_DISABLED: '1',
  },
  shell: process.platform === 'win32',
});
if (build.status !== 0) {
  console.error(`${build.stdout}${build.stderr}${build.error ?? ''}`);
  process.exit(1);
}
const run = spawnSync(process.execPath, [join(root, 'apps', app, 'dist', 'main.js'), ...appArguments], {
  stdio: 'inherit',
});
process.exitCode = run.status ?? 1;
