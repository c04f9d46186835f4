import { defineLibrary } from '@sortition/config/tsup';

export default defineLibrary({ entries: { index: 'src/index.ts' }, esModulesOnly: ['quick-lru'] });
