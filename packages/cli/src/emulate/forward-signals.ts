/** Signals that stop the program, for the command it runs: a command must not outlive what it runs against. */
import type { ChildProcess } from 'node:child_process';
import { isatty } from 'node:tty';

/** How long a command may take to end after a signal that its terminal may have sent it already. */
const TERMINAL_MS = 5_000;
/** Programs such as npm pass Ctrl+C on, though the terminal sends it to all: signals within this time count as one. */
const REPEATED_MS = 300;

/**
 * Forwards SIGTERM, SIGHUP and SIGINT to the command, and ends it with SIGKILL at a second one.
 *
 * On a terminal SIGINT and SIGHUP are forwarded only when the command still runs after `TERMINAL_MS`: Ctrl+C reaches the command
 * without the program, and a signal that was sent to the program alone looks the same.
 */
export function forwardSignals(command: ChildProcess): void {
  const hasTerminal = [0, 1, 2].some((descriptor) => isatty(descriptor));
  let firstAt: number | undefined;
  const forward = (signal: NodeJS.Signals): void => {
    const now = performance.now();
    if (firstAt !== undefined) {
      if (now - firstAt > REPEATED_MS) command.kill('SIGKILL');
      return;
    }
    firstAt = now;
    if (signal === 'SIGTERM' || !hasTerminal) command.kill(signal);
    else setTimeout(() => command.kill(signal), TERMINAL_MS).unref();
  };
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT'] as const) process.on(signal, forward);
}
