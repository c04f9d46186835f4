/** Composes a client of its parts: the config of its source goes to the parts, and their steps go into its calls. */
import {
  type ConfigChange,
  createUserSnapshot,
  type DeliveryReport,
  type EventSinkReport,
  type LogEvent,
  type Problem,
  type Reason,
  SdkError,
} from '@sortition/core';
import { callPart, createListenerRegistry } from '@sortition/core/internal';
import type { AsyncDisposal } from './async-disposal.ts';
import { createCore } from './client-core.ts';
import type { ClientEvents } from './client-events.ts';
import { CLIENT, type ClientInternals, type UserContextClass, useConfigSource } from './client-internals.ts';
import { isProjectConfig } from './config-check.ts';
import { parseDecideOptions } from './decide-bits.ts';
import { deliver } from './delivery.ts';
import { findProblems } from './find-problems.ts';
import type { LeanClient } from './lean-client.ts';
import { type LeanOptions, validateOptions } from './lean-options.ts';
import { consoleLogger, guardLogger } from './logger.ts';
import type { DecisionSteps, PartHooks } from './part.ts';
import { createProblemReporter } from './problem-reporter.ts';
import { createReadiness } from './ready.ts';
import { releaseConfigSource, retainConfigSource } from './shared-config-sources.ts';
import { reportUnknownName } from './unknown-name.ts';

const NO_EVENTS: EventSinkReport = { produced: 0, delivered: 0, dropped: 0, pending: 0, retries: 0 };

/**
 * Composes a client.
 *
 * @param UserContext The class of its user contexts.
 * @throws SdkError `invalid-option`
 */
export function composeClient(options: LeanOptions, UserContext: UserContextClass): LeanClient {
  // A copy, because options are read later too: what the caller does with their object by then must not matter.
  const own: LeanOptions = { ...options };
  validateOptions(own);
  const { config: source, parts = [], waitUntil, clientName = 'sortition', clientVersion = '0.0.0' } = own;
  const logger = own.logger === false ? undefined : guardLogger(own.logger ?? consoleLogger());
  const listeners = createListenerRegistry<ClientEvents<Reason | string>>((event, cause) => {
    const message = `A listener for "${event}" failed.`;
    const failure = { code: 'listener-failed', part: 'listener' } as const;
    // A failing problem listener is not told of its own failure: it would fail again.
    if (event === 'problem') logger?.error(failure, message);
    else problems.report({ ...failure, message, cause });
  });
  const problems = createProblemReporter(logger, (problem) => listeners.emit('problem', problem));
  const waitFor = (work: Promise<unknown>): void => {
    const message = 'The option "waitUntil" failed.';
    const tell = (cause: unknown) =>
      problems.reportFirst({ code: 'wait-until-failed', part: 'client', message, cause });
    callPart(() => waitUntil?.(work), tell);
  };
  const host = {
    problem: problems.report,
    logEvent: (event: LogEvent) => void listeners.emit('log-event', event),
    clientName,
    clientVersion,
    waitUntil: waitUntil && waitFor,
    logger,
  };
  const core = createCore(host, problems, listeners);
  const { state } = core;
  const hooks = parts.map((part) => part(core));
  const steps = collectSteps(hooks);
  const defaultBits = parseDecideOptions(own.defaultDecideOptions, { problems, steps });
  const client: ClientInternals = { ...core, hooks, steps, source, defaultBits, UserContext };

  /** Few parts are told of users, and to look for it in each would cost as much as a decision. */
  const userHooks = hooks.filter(({ user }) => user);
  /** Parts that are not ready yet. */
  const unready = new Set(hooks.filter(({ ready }) => ready));
  const readiness = createReadiness(state, () => state.config !== null && unready.size === 0);
  for (const hook of unready) {
    const settled = (): void => {
      unready.delete(hook);
      readiness.wake();
    };
    hook.ready?.then(settled, settled);
  }
  const delivering = {
    hooks,
    problems,
    pendingWork: core.pendingWork,
    leaveSource: followSource(client, readiness.wake),
  };
  let closing: Promise<DeliveryReport> | undefined;

  const methods: Omit<LeanClient, 'isReady' | keyof AsyncDisposal> = {
    ready(readyOptions) {
      useConfigSource(core, source, 'ready');
      return readiness.wait(readyOptions);
    },
    createUserContext(userId, attributes) {
      const id: unknown = userId ?? firstUserId(client);
      if (typeof id !== 'string' || id === 'undefined') throw invalidUser(id);
      for (const hook of userHooks) guardHook(client, hook, 'user', () => hook.user?.(id));
      return new UserContext({ client, user: createUserSnapshot(id, attributes), loaded: undefined }) as never;
    },
    on(event, listener) {
      if (!EVENTS.includes(event)) reportUnknownName(client, 'A client', 'event', event, EVENTS);
      const off = listeners.on(event, listener);
      if (event === 'problem') for (const problem of problems.takeBacklog()) listeners.emit('problem', problem);
      if (state.decisions > 0) findProblems(client);
      return () => void off();
    },
    flush: (flushOptions) => deliver('flush', delivering, flushOptions),
    close(closeOptions) {
      state.isClosed = true;
      readiness.wake();
      closing ??= deliver('close', delivering, closeOptions).finally(listeners.clear);
      return closing;
    },
    stats: () =>
      Object.assign(
        {
          decisions: state.decisions,
          problems: problems.counts(),
          events: NO_EVENTS,
          odp: null,
          ignoredAfterClose: state.ignoredAfterClose,
        },
        ...hooks.map((hook) => guardHook(client, hook, 'stats', () => hook.stats?.())),
      ),
  };
  const composed = Object.assign(new LiveState(client), methods);
  // `await using` works where the runtime knows it.
  const { asyncDispose } = Symbol as { asyncDispose?: symbol };
  if (asyncDispose) Object.defineProperty(composed, asyncDispose, { value: async () => void (await methods.close()) });
  return composed as unknown as LeanClient;
}

/**
 * Takes the configs of a source: the one it has, and those that come.
 *
 * @param wake Called when there is a config.
 * @returns Leaves the source.
 */
function followSource(client: ClientInternals, wake: () => void): () => unknown {
  const { problems, source, state, hooks } = client;
  /** A problem of the source; anything else is a failure of the source. */
  const passOn = (problem: Problem): void => {
    if (typeof problem.code !== 'string')
      throw new TypeError('A config source reported something that is not a problem.');
    if (state.config === null) state.configProblem = problem;
    problems.report(problem);
  };
  const install = (config: unknown, readProblems: () => unknown): void => {
    if (!isProjectConfig(config)) {
      const message =
        'The config source delivered something that is not a config, which was ignored; expected a project config as parseDatafile makes it.';
      problems.report({ code: 'invalid-config', part: 'config', message });
      return;
    }
    const previousRevision = state.config?.revision ?? null;
    state.config = config;
    state.configProblem = undefined;
    wake();
    problems.guard('config', 'problems', () => {
      const found = readProblems();
      if (Array.isArray(found)) found.forEach(passOn);
      return found;
    });
    for (const hook of hooks) guardHook(client, hook, 'configure', () => hook.configure?.(config));
    client.listeners.emit('config-update', { revision: config.revision, previousRevision });
  };
  const read = (change: ConfigChange): void => {
    if (state.isClosed) return;
    problems.guard('config', 'change', () => {
      if (change.type === 'config') install(change.config, () => change.problems);
      else passOn(change.problem);
    });
  };
  const watch = (): void => {
    state.problemWatch = source.watchProblems?.((found) => {
      if (!state.isClosed) problems.guard('config', 'problems', () => found.forEach(passOn));
    });
  };
  retainConfigSource(source);
  const leave: unknown = problems.guard('config', 'subscribe', () => source.subscribe(read));
  problems.guard('config', 'current', () => {
    const current: unknown = source.current();
    if (current !== null) install(current, source.watchProblems ? watch : () => source.problems?.());
    return current;
  });
  return () => {
    if (typeof leave === 'function') leave();
    problems.guard('config', 'watchProblems', () => state.problemWatch?.leave());
    return releaseConfigSource(source);
  };
}

/** Calls a hook; when it fails, that is a problem of its part. */
function guardHook<T>({ problems }: ClientInternals, { part = 'client' }: PartHooks, name: string, call: () => T) {
  return problems.guard(part, name, call);
}

/** @throws SdkError `invalid-option` when two parts bring the same step */
function collectSteps(hooks: readonly PartHooks[]): DecisionSteps {
  const steps: Record<string, unknown> = {};
  for (const hook of hooks) {
    for (const name of STEPS) {
      if (hook[name] === undefined) continue;
      if (steps[name])
        throw new SdkError('invalid-option', `Two parts of createClient bring "${name}"; expected at most one.`);
      steps[name] = hook[name];
    }
  }
  return steps;
}

const STEPS = [
  'formatReason',
  'profiles',
  'recorder',
  'predict',
  'platform',
  'describeName',
] as const satisfies readonly (keyof DecisionSteps)[];

const EVENTS: readonly string[] = [
  'decision',
  'track',
  'log-event',
  'config-update',
  'problem',
] satisfies readonly (keyof ClientEvents)[];

/** The id of a user who is created without one. */
function firstUserId(client: ClientInternals): string | null {
  for (const hook of client.hooks) {
    const id = guardHook(client, hook, 'userId', () => hook.userId?.());
    if (typeof id === 'string') return id;
  }
  return null;
}

/**
 * What of a client is not a method. A class, because getters of an object literal give each object a hidden class of its own,
 * which only a full garbage collection frees, together with the config that the getters see.
 */
class LiveState {
  // No private name: it would not be found through a proxy, which frameworks put around what they watch.
  declare readonly [CLIENT]: () => ClientInternals;

  constructor(client: ClientInternals) {
    // Behind a function, and not enumerable: what is inside a client is not logged with it.
    Object.defineProperty(this, CLIENT, { value: () => client });
  }

  get isReady(): boolean {
    return this[CLIENT]().state.config !== null;
  }

  /** Of the client with every feature. */
  get vuid(): string | null {
    return firstUserId(this[CLIENT]());
  }
}

function invalidUser(id: unknown): SdkError {
  const got =
    id === 'undefined'
      ? 'the text "undefined", which is a missing id turned into text'
      : id === null
        ? 'null'
        : typeof id;
  return new SdkError('invalid-user', `createUserContext needs a user id that is a string, got ${got}.`);
}
