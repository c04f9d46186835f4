import { defineTests } from '@sortition/config/vitest';

export default defineTests();
