import { defineLibrary } from '@sortition/tsup-config';

export default defineLibrary({
  entries: { mapping: 'src/mapping.ts', server: 'src/server.ts', web: 'src/web.ts' },
});
