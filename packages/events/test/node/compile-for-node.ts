/** The oldest Node supported runs no TypeScript: programs that tests start are bundled first. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Bundles a program with the sources it imports. Resolves to a file that Node runs. */
export async function compileForNode(source: URL): Promise<string> {
  const outfile = join(mkdtempSync(join(tmpdir(), 'sortition-program-')), 'program.mjs');
  await build({
    entryPoints: [fileURLToPath(source)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['@sortition/source'],
    logLevel: 'error',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  return outfile;
}
