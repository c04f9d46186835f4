// @vitest-environment node
/** The example for Jest, run by Jest on what was built. */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

it('passes in Jest, as CommonJS', () => {
  const jest = createRequire(import.meta.url).resolve('jest/bin/jest');
  const folder = fileURLToPath(new URL('../examples/jest', import.meta.url));
  const { status, stderr } = spawnSync(process.execPath, [jest, '--config', 'jest.config.cjs'], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  expect(status, stderr).toBe(0);
  expect(stderr).toContain('Tests:       1 passed, 1 total');
});
