import { defineLibrary } from '@sortition/tsup-config';

export default defineLibrary({
  entries: { index: 'src/index.ts', remote: 'src/remote.ts', cookies: 'src/cookies.ts' },
});
