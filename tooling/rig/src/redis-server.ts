/** A real Redis server on a random loopback port, without persistence, that tests may kill, freeze and restart. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findRedisServer } from './redis-binary.ts';
import { sendToRedis } from './redis-command.ts';

export interface RedisServer {
  readonly port: number;
  /** `redis://127.0.0.1:<port>` */
  readonly url: string;
  /** Its working folder, where a `SAVE` leaves the data. */
  readonly folder: string;
  /** Sends one command on a connection of its own and resolves the raw reply. */
  command(...args: readonly string[]): Promise<string>;
  /** Ends the process with SIGKILL. */
  kill(): Promise<void>;
  /** SIGSTOP: connections stay open and nothing answers. */
  freeze(): void;
  /** SIGCONT */
  thaw(): void;
  /** Starts the process again on the same port; empty unless the data was saved. */
  restart(): Promise<void>;
  /** Ends the process and removes its folder. */
  close(): Promise<void>;
}

/** Cluster nodes use the port 10,000 above theirs, too. */
const FIRST_PORT = 20_000;
const LAST_PORT = 55_000;
const START_TIMEOUT_MS = 10_000;

/**
 * Starts a server and waits until it answers.
 *
 * @param args More command-line arguments, such as `--maxmemory`, `2mb`.
 */
export function startRedisServer(args: readonly string[] = []): Promise<RedisServer> {
  return startRedisProcess((port, folder) => {
    const fixed = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder];
    return [...fixed, ...args];
  });
}

/**
 * Starts the binary, as a server or as a sentinel, and waits until it answers.
 *
 * @param argsFor Command-line arguments for a free port and a folder that goes when the process is closed.
 */
export async function startRedisProcess(
  argsFor: (port: number, folder: string) => readonly string[],
): Promise<RedisServer> {
  const binary = findRedisServer();
  if (binary === null)
    throw new Error('redis-server is not on PATH; install it (Debian: apt-get install redis-server).');
  const port = await findFreePort();
  const folder = mkdtempSync(join(tmpdir(), 'sortition-redis-'));
  let child: ChildProcess | undefined;
  const endWithUs = (): void => void child?.kill('SIGKILL');

  const start = async (): Promise<void> => {
    const started = spawn(binary, argsFor(port, folder), { stdio: 'ignore' });
    child = started;
    const deadline = Date.now() + START_TIMEOUT_MS;
    for (;;) {
      const answer = await sendToRedis(port, ['PING']).catch(() => '');
      if (answer !== '') return;
      if (started.exitCode !== null) throw new Error(`redis-server ended with ${started.exitCode}.`);
      if (Date.now() > deadline) throw new Error(`redis-server on port ${port} did not answer in time.`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const kill = async (): Promise<void> => {
    const ending = child;
    child = undefined;
    if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null) return;
    const exited = once(ending, 'exit');
    ending.kill('SIGKILL');
    await exited;
  };

  process.once('exit', endWithUs);
  await start();
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    folder,
    command: (...command) => sendToRedis(port, command),
    kill,
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    restart: start,
    async close() {
      process.removeListener('exit', endWithUs);
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A port that is free now, and so is the one 10,000 above it. */
async function findFreePort(): Promise<number> {
  for (;;) {
    const port = FIRST_PORT + Math.floor(Math.random() * (LAST_PORT - FIRST_PORT));
    if ((await isFree(port)) && (await isFree(port + 10_000))) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
