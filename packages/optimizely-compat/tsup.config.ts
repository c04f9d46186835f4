import { defineLibrary } from '@sortition/config/tsup';

export default defineLibrary({
  entries: {
    node: 'src/node.ts',
    browser: 'src/browser.ts',
    'react-native': 'src/react-native.ts',
  },
});
