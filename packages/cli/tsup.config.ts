import { defineConfig } from 'tsup';

/** A program of ES modules: each command is a chunk of its own, loaded when it is asked for. */
export default defineConfig({
  entry: ['src/main.ts'],
  format: 'esm',
  platform: 'node',
  target: 'node20',
  splitting: true,
  treeshake: true,
  removeNodeProtocol: false,
  clean: true,
  silent: true,
});
