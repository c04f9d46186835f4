import { defineNodeFile } from '@sortition/config/tsup';

/**
 * A program of ES modules: each command is a chunk of its own, loaded when it is asked for. What nearly every command needs
 * is part of the chunks, because every module that Node has to find costs time at each start.
 */
const program: ReturnType<typeof defineNodeFile> = {
  ...defineNodeFile({ entries: { main: 'src/main.ts' }, thirdParty: [] }),
  format: 'esm',
  noExternal: [/^@sortition\/(core|datafile|optimizely-compat)(\/|$)/, 'murmurhash-js'],
  splitting: true,
  clean: true,
};

export default program;
