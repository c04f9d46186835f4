import { defineLibrary } from '@sortition/tsup-config';

export default defineLibrary({
  entries: {
    index: 'src/index.ts',
    'shop-customers': 'src/shop-customers.ts',
    'shop-datafile': 'src/shop-datafile.ts',
  },
  platform: 'node',
  types: ['node'],
});
