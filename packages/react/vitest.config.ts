import { defineTests } from '@sortition/config/vitest';

export default defineTests({ test: { environment: 'jsdom', include: ['test/**/*.test.{ts,tsx}'] } });
