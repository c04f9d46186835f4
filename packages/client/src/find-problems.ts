/** Looking through a datafile whose entities are read when they are needed, so that what is wrong with it is told at all. */
import type { ClientInternals } from './client-internals.ts';

/** To be called after the first decision, so that it does not wait, and when there is another listener. */
export function findProblems({ state, host, listeners, problems }: ClientInternals): void {
  const { problemWatch: watch } = state;
  if (!watch || state.isClosed || (!host.logger && !listeners.count('problem'))) return;
  problems.guard('config', 'watchProblems', () => watch.search());
}
