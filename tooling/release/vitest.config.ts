import { defineTests } from '@sortition/config/vitest';

export default defineTests({ test: { include: ['*/test/**/*.test.ts'] } });
