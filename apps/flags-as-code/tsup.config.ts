import { defineConfig } from 'tsup';

export default defineConfig({
  entry: ['src/shop.ts'],
  format: 'esm',
  platform: 'node',
  target: 'node20',
  clean: true,
  silent: true,
});
