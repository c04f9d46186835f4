import { defineLibrary } from '@sortition/config/tsup';

export default defineLibrary({
  entries: {
    node: 'src/node.ts',
    browser: 'src/browser.ts',
    'react-native': 'src/react-native.ts',
    'v5-node': 'src/v5/node.ts',
    'v5-browser': 'src/v5/browser.ts',
    'v5-react-native': 'src/v5/react-native.ts',
  },
});
