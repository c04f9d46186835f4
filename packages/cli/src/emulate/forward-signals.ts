/** Forwards stop signals to the child command, which must not outlive the emulator. */
import type { ChildProcess } from 'node:child_process';
import { isatty } from 'node:tty';

const SIGNALS: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGHUP', 'SIGINT'];
/** A terminal also sends these to the command, which may continue: a prompt does after Ctrl+C. */
const OF_TERMINALS: readonly NodeJS.Signals[] = ['SIGHUP', 'SIGINT'];
/**
 * Programs such as npm forward Ctrl+C although every process already got it, so signals within this time count as one.
 */
const REPEATED_MS = 300;

/**
 * Forwards SIGTERM, SIGHUP and SIGINT to the command, and kills it with SIGKILL at the second signal. If one of the
 * standard streams is a terminal, SIGHUP and SIGINT are left to the terminal, and the program waits for the command.
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
