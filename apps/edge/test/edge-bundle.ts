/** The worker as a bundler without any platform makes it: an import of Node's fails the build. */
import { fileURLToPath } from 'node:url';
import { build, type Metafile } from 'esbuild';

/** A bundle and what it was made of. */
export interface EdgeBundle {
  readonly script: string;
  readonly metafile: Metafile;
}

/** Bundles the sources into a script that defines a global `worker`. */
export async function bundleWorker(): Promise<EdgeBundle> {
  const { outputFiles, metafile } = await build({
    entryPoints: [fileURLToPath(new URL('../src/worker.ts', import.meta.url))],
    bundle: true,
    write: false,
    metafile: true,
    format: 'iife',
    globalName: 'worker',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['@sortition/source', 'worker'],
  });
  return { script: outputFiles[0]?.text ?? '', metafile };
}
