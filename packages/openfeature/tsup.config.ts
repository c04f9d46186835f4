import { defineLibrary } from '@sortition/config/tsup';

export default defineLibrary({
  entries: { mapping: 'src/mapping.ts', server: 'src/server.ts', web: 'src/web.ts' },
});
