/** `pnpm lab`: the lab and the storefront, from the first port to the last farewell. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { type Lab, startLab } from './lab.ts';
import { readPort } from './read-port.ts';

/** Where things are, and what to work with. */
export interface LabRun {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where the built page is. */
  readonly pageFolder: string;
  /** Where events are kept unless `LAB_DATA` says otherwise. */
  readonly dataFolder: string;
  /** The storefront's program; without it the lab runs alone. */
  readonly storefront: string;
  /** Programs of other shops that are started as the storefront is. */
  readonly shops?: readonly string[];
  readonly print: (line: string) => void;
  /** Emits SIGINT and SIGTERM. */
  readonly signals: Pick<NodeJS.EventEmitter, 'once'>;
}

/** Twice what the storefront gives its deliveries. */
const STOP_TIMEOUT_MS = 10_000;

/** Runs until a signal comes, and resolves once everything is closed. Rejects with a sentence when it cannot start. */
export async function runLab({
  env,
  pageFolder,
  dataFolder,
  storefront,
  shops = [],
  print,
  signals,
}: LabRun): Promise<void> {
  const lab = await startLab({
    port: readPort(env, 'LAB_PORT', 4010),
    dataFolder: env.LAB_DATA || dataFolder,
    pageFolder,
  }).catch((error: Error) => {
    throw new Error(`${error.message} LAB_PORT=<port> and LAB_DATA=<folder> choose others.`, { cause: error });
  });
  print(`Lab: ${lab.url}`);
  const running = [storefront, ...shops].filter(existsSync).map((program) => startShop(program, lab, env));
  const isToldToStop = new Promise<void>((resolve) => {
    signals.once('SIGINT', () => resolve());
    signals.once('SIGTERM', () => resolve());
  });
  print('Ctrl-C stops everything.');
  await isToldToStop;
  await Promise.all(running.map(stop));
  await lab.close();
  print('Stopped; collected events are kept.');
}

/**
 * A shop prints where it is, or why it cannot start; the lab goes on without it. By the channel between the two it
 * learns that the lab has died and stops: a lab that is killed takes nobody with it otherwise.
 */
function startShop(program: string, { server }: Lab, env: LabRun['env']): ChildProcess {
  return spawn(process.execPath, [program], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...env, LAB_PORT: String(server.port) },
  });
}

/** Lets the storefront deliver its events, but does not wait for one that hangs. */
async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await ended;
  clearTimeout(timer);
}
