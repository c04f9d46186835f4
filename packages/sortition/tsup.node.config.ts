import { defineNodeFile } from '@sortition/tsup-config';

// What goes in here has its licence in LICENSE-third-party.
export default defineNodeFile({
  entries: { node: 'src/index.ts' },
  thirdParty: ['eventsource-parser', 'murmurhash-js', 'quick-lru'],
});
