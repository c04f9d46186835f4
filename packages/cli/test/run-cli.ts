/** Runs the program as an application's shell would: a process of its own, looked at by what it prints and ends with. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

/** The built program. */
export const PROGRAM: string = fileURLToPath(new URL('../dist/main.js', import.meta.url));

/** What a run came to. */
export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How to run it. */
export interface RunOptions {
  readonly input?: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs `sortition <args>` to its end. */
export function runCli(args: readonly string[], { input, cwd, env }: RunOptions = {}): Promise<Run> {
  const { NO_COLOR: _none, FORCE_COLOR: _forced, ...outer } = process.env;
  const child = spawn(process.execPath, [PROGRAM, ...args], { cwd, env: { ...outer, ...env } });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  child.stdin.on('error', () => undefined); // a program that failed reads no input
  child.stdin.end(input ?? '');
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** Makes a folder for one test, with files by their names; objects are written as JSON. */
export function makeFolder(files: Readonly<Record<string, string | object>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'sortition-cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files))
    writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content, null, 2));
  return folder;
}
