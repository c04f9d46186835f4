/** Creates what the parts of a client and its calls share. */
import type { LogEvent, Reason } from '@sortition/core';
import { callPart, createListenerRegistry } from '@sortition/core/internal';
import type { ClientState, OwnCore } from './client-core.ts';
import type { ClientEvents } from './client-events.ts';
import type { LeanOptions } from './lean-options.ts';
import { guardLogger, logToConsole } from './logger.ts';
import { createProblemReporter } from './problem-reporter.ts';

/** Creates the core of one client. */
export function createCore({
  logger: given = logToConsole('warn'),
  waitUntil,
  clientName = 'sortition',
  clientVersion = '0.0.0',
}: Pick<LeanOptions, 'logger' | 'waitUntil' | 'clientName' | 'clientVersion'>): OwnCore {
  const logger = given ? guardLogger(given) : undefined;
  const listeners = createListenerRegistry<ClientEvents<Reason | string>>((event, cause) => {
    const message = `A listener for "${event}" failed.`;
    // A failing problem listener is not called with its own failure: it would fail again.
    if (event === 'problem') logger?.error({ code: 'listener-failed', part: 'listener' }, message);
    else problems.report({ code: 'listener-failed', part: 'listener', message, cause });
  });
  const problems = createProblemReporter(logger, (problem) => {
    if (problem.part === 'config') state.configProblem = problem;
    return listeners.emit('problem', problem);
  });
  const state: ClientState = {
    config: null,
    configProblem: undefined,
    isClosed: false,
    decisions: 0,
    ignoredAfterClose: 0,
  };
  const pendingWork = new Set<Promise<unknown>>();
  const host = {
    problem: problems.report,
    logEvent: (event: LogEvent) => void listeners.emit('log-event', event),
    clientName,
    clientVersion,
    waitUntil:
      waitUntil &&
      ((work: Promise<unknown>): void => {
        const message = 'The option "waitUntil" failed.';
        callPart(
          () => waitUntil(work),
          (cause) => problems.reportFirst({ code: 'wait-until-failed', part: 'client', message, cause }),
        );
      }),
    logger,
  };
  return {
    state,
    problems,
    listeners,
    host,
    inBackground(work) {
      const settled = work.catch(() => undefined).finally(() => pendingWork.delete(settled));
      pendingWork.add(settled);
      host.waitUntil?.(settled);
    },
    settled: async () => void (await Promise.all(pendingWork)),
    mayRecord() {
      if (state.isClosed) state.ignoredAfterClose += 1;
      return !state.isClosed;
    },
  };
}
