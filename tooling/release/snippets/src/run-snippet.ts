/** Runs a snippet in a folder of its own, on the sources of the packages. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { findPackageFolders, ROOT, type Snippet } from './documents.ts';

/** What a snippet did. */
export interface SnippetRun {
  readonly status: number | null;
  readonly output: string;
  readonly errors: string;
}

/** The project a snippet finds as `datafile.json` in the folder it runs in. */
const SAMPLE_DATAFILE = join(ROOT, 'packages', 'emulator', 'src', 'shop-datafile.json');

/** Bundles a snippet, runs it with Node, and cleans up. */
export async function runSnippet({ code, folder }: Snippet): Promise<SnippetRun> {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: folder, loader: 'ts' },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    conditions: ['@sortition/source'],
    plugins: [anyPackage],
    logLevel: 'silent',
  });
  const runFolder = mkdtempSync(join(tmpdir(), 'sortition-snippet-'));
  try {
    copyFileSync(SAMPLE_DATAFILE, join(runFolder, 'datafile.json'));
    writeFileSync(join(runFolder, 'snippet.mjs'), outputFiles[0]?.text ?? '');
    const { status, stdout, stderr } = spawnSync(process.execPath, ['snippet.mjs'], {
      cwd: runFolder,
      encoding: 'utf8',
      timeout: 30_000,
    });
    return { status, output: stdout, errors: stderr };
  } finally {
    rmSync(runFolder, { recursive: true, force: true });
  }
}

/** Resolves the packages of the workspace from wherever one of them can be seen. */
const anyPackage: Plugin = {
  name: 'any-package',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^(@sortition\/|sortition$)/ }, async ({ path, kind, pluginData }) => {
      if (pluginData === 'asked') return undefined;
      for (const resolveDir of findPackageFolders()) {
        const found = await resolve(path, { resolveDir, kind, pluginData: 'asked' });
        if (found.errors.length === 0) return found;
      }
      return undefined;
    });
  },
};
