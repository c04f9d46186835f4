import { defineTests } from '@sortition/vitest-config';

export default defineTests({ test: { environment: 'jsdom', include: ['test/**/*.test.tsx'] } });
