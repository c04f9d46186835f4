import { defineTests } from '@sortition/vitest-config';

export default defineTests();
