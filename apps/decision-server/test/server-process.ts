/** The program as a process of its own, for tests. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SHOP_DATAFILE } from '@sortition/emulator/shop-datafile';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));

/** A program that runs. */
export interface ServerProcess {
  readonly url: string;
  /** Lines of its log so far. */
  readonly log: readonly string[];
  signal(signal: NodeJS.Signals): void;
  /** Exit code, or the name of the signal. */
  readonly exited: Promise<number | string>;
}

/** A folder with a datafile that a test may replace. */
export interface DatafileFolder {
  readonly path: string;
  write(revision: string): void;
  remove(): void;
}

export function createDatafileFolder(): DatafileFolder {
  const folder = mkdtempSync(join(tmpdir(), 'decision-server-'));
  const path = join(folder, 'datafile.json');
  const write = (revision: string): void => writeFileSync(path, JSON.stringify({ ...SHOP_DATAFILE, revision }));
  write('1');
  return { path, write, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Starts the program on a free port and waits until it listens. */
export function startServer(argv: readonly string[], environment: Record<string, string> = {}): Promise<ServerProcess> {
  const child: ChildProcess = spawn(process.execPath, [MAIN, '--port', '0', ...argv], {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log: string[] = [];
  const exited = new Promise<number | string>((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? signal ?? 'unknown'));
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => log.push(...text.split('\n').filter(Boolean)));
  return new Promise((resolve, reject) => {
    let output = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      const url = /Listening on (\S+)/.exec(output)?.[1];
      if (url !== undefined) resolve({ url, log, exited, signal: (signal) => void child.kill(signal) });
    });
    exited.then((code) => reject(new Error(`The server ended with ${code}: ${log.join('\n')}`)));
  });
}

/** Runs the program to its end, for calls that do not serve. */
export async function runServer(
  argv: readonly string[],
): Promise<{ code: number | string; output: string; log: string }> {
  const child = spawn(process.execPath, [MAIN, ...argv], {
    env: { PATH: process.env.PATH },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let log = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text;
  });
  const code = await new Promise<number | string>((resolve) => {
    child.once('exit', (status, signal) => resolve(status ?? signal ?? 'unknown'));
  });
  return { code, output, log };
}
