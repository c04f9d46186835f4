/**
 * The tests of `packages/react` once more, with the oldest React it supports. A folder of its own, because a package has one
 * React: `react-dom` has to find the same one as the components.
 */
import { fileURLToPath } from 'node:url';
import { defineTests } from '@sortition/config/vitest';

const installed = (name: string): string => fileURLToPath(new URL(`node_modules/${name}`, import.meta.url));

const reports = fileURLToPath(new URL('.reports/vitest.json', import.meta.url));

const config = defineTests({
  root: fileURLToPath(new URL('../../packages/react', import.meta.url)),
  resolve: {
    alias: Object.fromEntries(['@testing-library/react', 'react-dom', 'react'].map((name) => [name, installed(name)])),
  },
  test: { environment: 'jsdom', include: ['test/**/*.test.tsx'], env: { REACT_VERSION: '18.0.0' } },
});

// Lists are appended to those of the shared settings; these replace them.
const tests: ReturnType<typeof defineTests> = {
  ...config,
  test: { ...config.test, reporters: ['default', ['json', { outputFile: reports }]] },
};

export default tests;
