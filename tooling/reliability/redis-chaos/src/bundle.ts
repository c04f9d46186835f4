/** Turns a source file into one that Node runs: the oldest Node supported runs no TypeScript. */
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Bundles `src/<name>.ts` and returns the path of the result. */
export async function bundle(name: string): Promise<string> {
  const folder = fileURLToPath(new URL('..', import.meta.url));
  const outfile = `${folder}dist/${name}-${process.pid}.js`;
  await build({
    absWorkingDir: folder,
    entryPoints: [`src/${name}.ts`],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['@sortition/source'],
    external: ['ioredis', 'redis'],
    logLevel: 'warning',
  });
  return outfile;
}
