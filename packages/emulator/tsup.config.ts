import { defineLibrary } from '@sortition/config/tsup';

export default defineLibrary({
  entries: {
    index: 'src/index.ts',
    'shop-customers': 'src/shop-customers.ts',
    'shop-datafile': 'src/shop-datafile.ts',
  },
  platform: 'node',
  formats: ['esm'],
  types: ['node'],
});
