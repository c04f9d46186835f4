/**
 * A copy of the workspace's sources and tests, in which a part can be made naive without touching what is being worked
 * on. Third-party packages are shared with the original; links between packages lead into the copy.
 */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

const LEFT_OUT = new Set(['.git', '.reports', '.stryker-tmp', '.turbo', 'dist', 'node_modules']);

/**
 * @typedef {{ file: string, find: string, put: string }} Edit `find` occurs exactly once in `file`, a path from the root.
 *
 * @param {string} root
 */
export function createWorkspaceCopy(root) {
  const parent = mkdtempSync(join(tmpdir(), 'sortition-naive-'));
  const folder = join(parent, 'workspace');
  mkdirSync(folder);
  for (const name of readdirSync(root)) {
    // `_tmp…`: what the package manager puts there for a moment.
    if (LEFT_OUT.has(name) || name.startsWith('_tmp')) continue;
    cpSync(join(root, name), join(folder, name), {
      recursive: true,
      verbatimSymlinks: true,
      // Of a package's `node_modules` the links are wanted, which lead elsewhere once they are in the copy.
      filter: (source) => basename(source) === 'node_modules' || !LEFT_OUT.has(basename(source)),
    });
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return {
    folder,

    /**
     * Applies edits. The caller calls what it returns to undo them.
     *
     * @param {readonly Edit[]} edits
     * @throws Error when a text to replace is not there exactly once
     */
    edit(edits) {
      /** @type {Map<string, string>} file to its text before */
      const before = new Map();
      for (const { file, find, put } of edits) {
        const path = join(folder, file);
        const text = readFileSync(path, 'utf8');
        const count = text.split(find).length - 1;
        if (count !== 1) throw new Error(`${file} has ${count} times, not once: ${find}`);
        if (!before.has(path)) before.set(path, text);
        writeFileSync(
          path,
          text.replace(find, () => put),
        );
      }
      return () => {
        for (const [path, text] of before) writeFileSync(path, text);
      };
    },

    remove() {
      rmSync(parent, { recursive: true, force: true });
    },
  };
}
