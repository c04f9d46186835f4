/** Starts a collector in a process of its own. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { CollectorMessage } from './collector-process.ts';
import type { Scenario } from './scenario.ts';

/** A collector in another process. */
export interface RemoteCollector {
  readonly origin: string;
  /** What arrived so far. */
  read(): Promise<Extract<CollectorMessage, { readonly arrived: number }>>;
  stop(): void;
}

/** Starts it with the trouble of a scenario, whose time begins now. */
export async function startCollector(scenario: Scenario): Promise<RemoteCollector> {
  // Beside this file once both are bundled.
  const child = fork(fileURLToPath(new URL('./collector-process.mjs', import.meta.url)), [JSON.stringify(scenario)]);
  const next = () =>
    new Promise<CollectorMessage>((resolve, reject) => {
      const fail = (status: number | null) => reject(new Error(`The collector ended with status ${status}.`));
      child.once('exit', fail);
      child.once('message', (message) => {
        child.off('exit', fail);
        resolve(message as CollectorMessage);
      });
    });
  const first = await next();
  if (!('port' in first)) throw new Error('The collector told no port.');
  return {
    origin: `http://127.0.0.1:${first.port}`,
    async read() {
      const answer = next();
      child.send('read');
      const counts = await answer;
      if (!('arrived' in counts)) throw new Error('The collector told no counts.');
      return counts;
    },
    stop: () => void child.kill(),
  };
}
