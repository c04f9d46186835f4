import { defineTests } from '@sortition/vitest-config';

// Each file starts a browser: one at a time leaves the machine something for the pages.
export default defineTests({ test: { fileParallelism: false } });
