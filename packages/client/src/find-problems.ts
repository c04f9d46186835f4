/** Has a datafile searched for mistakes whose entities are read only when a decision needs them. */
import type { ClientInternals } from './client-internals.ts';

/** Called after the first decision, so that it does not delay it, and again when a listener for problems is added. */
export function findProblems({ state, host, listeners, problems }: ClientInternals): void {
  const { problemWatch: watch } = state;
  if (!watch || state.isClosed || (!host.logger && !listeners.count('problem'))) return;
  problems.guard('config', 'watchProblems', () => watch.search());
}
