import { defineConfig } from 'tsup';

export default defineConfig([
  {
    entry: ['src/index.ts', 'src/main.ts'],
    format: 'esm',
    platform: 'node',
    target: 'node20',
    // The other build writes into the same folder.
    clean: ['!shop.*'],
    dts: { entry: 'src/index.ts', compilerOptions: { customConditions: [] } },
    silent: true,
  },
  // What pages load: one script and one style sheet.
  {
    entry: { shop: 'src/browser/shop.ts' },
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    noExternal: [/./],
    minify: true,
    outExtension: () => ({ js: '.js' }),
    silent: true,
  },
]);
