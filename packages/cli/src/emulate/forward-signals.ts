/** Signals that stop the program, for the command it runs: a command must not outlive what it runs against. */
import type { ChildProcess } from 'node:child_process';
import { isatty } from 'node:tty';

const SIGNALS: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGHUP', 'SIGINT'];
/** A terminal sends these to the command as well, which may go on after them: a prompt does after Ctrl+C. */
const OF_TERMINALS: readonly NodeJS.Signals[] = ['SIGHUP', 'SIGINT'];
/** Programs such as npm pass Ctrl+C on, though all processes got it: signals within this time count as one. */
const REPEATED_MS = 300;

/**
 * Forwards SIGTERM, SIGHUP and SIGINT to the command, and ends it with SIGKILL at a second one. Where one of the standard
 * streams is a terminal, SIGHUP and SIGINT are left to the terminal, and the program waits for the command.
 */
export function forwardSignals(command: ChildProcess): void {
  const hasTerminal = [0, 1, 2].some((descriptor) => isatty(descriptor));
  let firstAt: number | undefined;
  const forward = (signal: NodeJS.Signals): void => {
    if (hasTerminal && OF_TERMINALS.includes(signal)) return;
    const now = performance.now();
    firstAt ??= now;
    if (firstAt === now) command.kill(signal);
    else if (now - firstAt > REPEATED_MS) command.kill('SIGKILL');
  };
  for (const signal of SIGNALS) process.on(signal, forward);
}
