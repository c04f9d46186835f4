import { defineNodeFile } from '@sortition/config/tsup';

export default defineNodeFile({
  entries: { node: 'src/index.ts' },
  thirdParty: ['eventsource-parser', 'murmurhash-js', 'quick-lru'],
});
