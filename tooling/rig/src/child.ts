/** A separate Node process that runs a piece of TypeScript against the sources: for memory limits, signals and exits. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';

const REQUIRE = "import * as rigModule from 'node:module'; const require = rigModule.createRequire(import.meta.url);";

export interface ChildOptions {
  /** An ES module; imports resolve from `resolveDir`. */
  readonly code: string;
  readonly resolveDir: string;
  /** Options of node itself, such as `--max-old-space-size=128`. */
  readonly nodeOptions?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface Child {
  /** Lines written so far, of both streams. */
  readonly lines: readonly string[];
  /** Resolves the first line, also of those written before, that begins with `prefix`; rejects when the child ends without. */
  line(prefix: string): Promise<string>;
  signal(signal: NodeJS.Signals): void;
  /** Exit code, or the name of the signal. */
  readonly exited: Promise<number | string>;
}

/** Bundles the code and starts it. The bundle is removed when the process ends; kill it with `signal('SIGKILL')`. */
export async function startChild({ code, resolveDir, nodeOptions = [], env = {} }: ChildOptions): Promise<Child> {
  const folder = await mkdtemp(join(tmpdir(), 'rig-child-'));
  const outfile = join(folder, 'child.mjs');
  await build({
    stdin: { contents: code, resolveDir, loader: 'ts' },
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    conditions: ['@sortition/source'],
    logLevel: 'error',
    // CommonJS packages in the bundle, such as undici, require modules of Node, which an ES module has no `require` for.
    banner: { js: REQUIRE },
  });
  const child = spawn(process.execPath, ['--unhandled-rejections=strict', ...nodeOptions, outfile], {
    env: { ...process.env, NODE_OPTIONS: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  const exited = new Promise<number | string>((resolve) => {
    child.on('close', (exitCode, signal) => {
      resolve(exitCode ?? signal ?? 'unknown');
      for (const check of waiting) check();
      void rm(folder, { recursive: true, force: true });
    });
  });
  collectLines(child, (line) => {
    lines.push(line);
    for (const check of waiting) check();
  });

  return {
    lines,
    exited,
    signal: (signal) => void child.kill(signal),
    line: (prefix) =>
      new Promise((resolve, reject) => {
        const check = () => {
          const found = lines.find((line) => line.startsWith(prefix));
          const isOver = child.exitCode !== null || child.signalCode !== null;
          if (found === undefined && !isOver) return;
          waiting.delete(check);
          if (found !== undefined) resolve(found);
          else reject(new Error(`The child ended without a line "${prefix}…":\n${lines.join('\n')}`));
        };
        waiting.add(check);
        check();
      }),
  };
}

function collectLines(child: ChildProcess, onLine: (line: string) => void): void {
  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    stream?.setEncoding('utf8').on('data', (text: string) => {
      const parts = (rest + text).split('\n');
      rest = parts.pop() ?? '';
      parts.forEach(onLine);
    });
  }
}
