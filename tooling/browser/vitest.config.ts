import { defineTests } from '@sortition/config/vitest';

// Each file starts a browser: one at a time leaves the machine something for the pages.
export default defineTests({ test: { fileParallelism: false } });
