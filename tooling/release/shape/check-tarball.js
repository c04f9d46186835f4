/**
 * The two published linters of package shape, run on one tarball.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

const attw = join(
  createRequire(import.meta.url).resolve('@arethetypeswrong/cli/package.json'),
  '..',
  'dist',
  'index.js',
);

/**
 * @param {import('./pack.js').PackedPackage} packed
 * @returns {Promise<string[]>} problems
 */
export async function checkTarball({ tarball, published }) {
  const bytes = readFileSync(tarball);
  const { messages } = await publint({
    pack: { tarball: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) },
    strict: true,
  });
  const problems = messages.map((message) => `publint: ${formatMessage(message, published) ?? message.code}`);

  // A program alone is not imported.
  if (Object.keys(published.exports).every((entry) => entry === './package.json')) return problems;

  const modules = Object.keys(published.exports).filter((entry) => published.exports[entry].require === undefined);
  const moduleEntries = modules.filter((entry) => entry !== './package.json').map((entry) => entry.slice(2));
  // A package of ES modules alone is looked at as a whole.
  if (moduleEntries.includes('')) return [...problems, ...checkTypes(tarball, ['--profile', 'esm-only'])];
  const excluded = moduleEntries.length > 0 ? ['--exclude-entrypoints', ...moduleEntries] : [];
  problems.push(...checkTypes(tarball, ['--profile', 'strict', ...excluded]));
  if (moduleEntries.length > 0) {
    problems.push(...checkTypes(tarball, ['--profile', 'esm-only', '--entrypoints', ...moduleEntries]));
  }
  return problems;
}

/**
 * @param {string} tarball
 * @param {readonly string[]} options
 * @returns {string[]} problems
 */
function checkTypes(tarball, options) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [attw, tarball, ...options, '--format', 'ascii', '--no-color', '--no-emoji'],
    { encoding: 'utf8' },
  );
  return status === 0 ? [] : [`are-the-types-wrong:\n${stdout}${stderr}`.trimEnd()];
}
