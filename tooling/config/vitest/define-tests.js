/**
 * The one way a package's tests run: on sources, with a guard around every test file, and with a JSON report that
 * `pnpm test` adds up.
 *
 * Plain JavaScript: vitest loads this file with Node, and the oldest Node supported runs no TypeScript.
 */
import { fileURLToPath } from 'node:url';
import { defineConfig, mergeConfig } from 'vitest/config';

const guard = fileURLToPath(new URL('./guard.js', import.meta.url));

/**
 * Returns the vitest configuration of a package.
 *
 * @param {import('vitest/config').ViteUserConfig} [overrides] Merged over the shared settings; lists are appended.
 * @returns {import('vitest/config').ViteUserConfig}
 */
export function defineTests(overrides = {}) {
  // `@sortition/source` first; the others are what vite resolves server code with by default, which naming one replaces.
  const conditions = ['@sortition/source', 'module', 'node', 'development|production'];
  const shared = defineConfig({
    resolve: { conditions },
    ssr: { resolve: { conditions } },
    test: {
      include: ['test/**/*.test.ts'],
      setupFiles: [guard],
      reporters: ['default', ['json', { outputFile: '.reports/vitest.json' }]],
      // A package without tests is reported by `pnpm test`, which sees all of them.
      passWithNoTests: true,
      dangerouslyIgnoreUnhandledErrors: false,
      maxWorkers: 2,
      // Only there to end what hangs: a machine may be busy with much else.
      testTimeout: 120_000,
      hookTimeout: 60_000,
      expect: { poll: { timeout: 30_000 } },
    },
  });
  return mergeConfig(shared, overrides);
}
