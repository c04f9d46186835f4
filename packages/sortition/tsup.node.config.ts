import { defineNodeFile } from '@sortition/tsup-config';

export default defineNodeFile({
  entries: { node: 'src/index.ts' },
  thirdParty: ['eventsource-parser', 'murmurhash-js', 'quick-lru'],
});
