/** The client: composes the parts an application brought and hands out user contexts. Wiring, no rules. */
import { createUserSnapshot, type DeliveryReport, type Problem, type ProjectConfig, SdkError } from '@sortition/core';
import type { AsyncDisposal } from './async-disposal.ts';
import { callPart, tryPart } from './call-part.ts';
import { type ClientEvents, type ClientListener, createListenerRegistry } from './client-events.ts';
import { type ClientOptions, validateClientOptions } from './client-options.ts';
import type { ClientStats } from './client-stats.ts';
import { ClientUserContext } from './client-user-context.ts';
import { parseDecideOptions } from './decide-bits.ts';
import { deliver } from './delivery.ts';
import { createEventRecorder } from './event-recorder.ts';
import { consoleLogger, guardLogger } from './logger.ts';
import { createOdpWiring, type OdpEventInput } from './odp-wiring.ts';
import { createProblemReporter } from './problem-reporter.ts';
import { createProfiles } from './profiles/profiles.ts';
import { buildProjectInfo, type ProjectInfo } from './project-info.ts';
import { createReadiness, type ReadyOptions } from './ready.ts';
import type { Runtime } from './runtime.ts';
import { retainConfigSource } from './shared-config-sources.ts';
import type { AnyFlags, FlagMap } from './typed-flags.ts';
import type { UserContext } from './user-context.ts';

/** Decides flags for users. Create one per process and project, and close it at the end. */
export interface Client<F extends FlagMap<F> = AnyFlags> extends AsyncDisposal {
  /** Whether there is a config to decide with. */
  readonly isReady: boolean;
  /** Resolves when there is a config. @throws SdkError `not-ready` after the timeout, `aborted`, or `closed`. */
  ready(options?: ReadyOptions): Promise<void>;
  /** @throws SdkError `invalid-user` when the id is no string, or absent without a visitor id. */
  createUserContext(userId?: string, attributes?: object): UserContext<F>;
  /** The project behind the flags; `null` before there is a config. */
  getProjectInfo(): ProjectInfo | null;
  /** Sends an event to the customer-data platform. Never throws; what cannot be sent is a problem. */
  sendOdpEvent(event: OdpEventInput): void;
  readonly vuid: string | null;
  /** Listens to an event; returns the way out. */
  on<E extends keyof ClientEvents>(event: E, listener: ClientListener<E>): () => void;
  /** Sends what is queued and waits for it, for at most `timeoutMs` (5,000). Never rejects. */
  flush(options?: { timeoutMs?: number }): Promise<DeliveryReport>;
  /** Flushes and stops every part. Idempotent, never rejects; decisions go on with the last config and record nothing. */
  close(options?: { timeoutMs?: number }): Promise<DeliveryReport>;
  stats(): ClientStats;
}

const CLIENT_NAME = 'sortition';
const CLIENT_VERSION = '0.0.0';
const PROFILE_TIMEOUT_MS = 250;

/**
 * Creates a client.
 *
 * @throws SdkError `invalid-option` when a part does not have the shape it must have.
 * @example
 * const client = createClient({ config: createStaticConfig({ datafile }), events: null });
 * const decision = client.createUserContext('ada', { plan: 'pro' }).decide('checkout');
 */
export function createClient<F extends FlagMap<F> = AnyFlags>(options: ClientOptions): Client<F> {
  validateClientOptions(options);
  const { config: source, events, odp, cmab, vuid, waitUntil } = options;
  const logger = options.logger === false ? undefined : guardLogger(options.logger ?? consoleLogger());
  const clientName = options.clientName ?? CLIENT_NAME;
  const clientVersion = options.clientVersion ?? CLIENT_VERSION;

  const listeners = createListenerRegistry((event, cause) => {
    const problem: Problem = {
      code: 'listener-failed',
      part: 'listener',
      message: `A listener for "${event}" failed.`,
      cause,
    };
    // A failing problem listener is not told of its own failure: it would fail again.
    if (event === 'problem') logger?.error({ code: problem.code, part: problem.part }, problem.message);
    else problems.report(problem);
  });
  const problems = createProblemReporter(logger, (problem) => {
    const heard = listeners.has('problem');
    listeners.emit('problem', problem);
    return heard;
  });

  let lastConfig: ProjectConfig | null = source.current();
  let projectInfo: { readonly of: ProjectConfig; readonly info: ProjectInfo } | undefined;
  let decisions = 0;
  /** Assignments and ODP events after close. */
  let ignoredByParts = 0;
  let closing: Promise<DeliveryReport> | undefined;
  const readiness = createReadiness();
  /** Or known to be unknown. */
  let isVisitorKnown = options.vuid === undefined;
  const isComplete = (): boolean => lastConfig !== null && isVisitorKnown;
  const pendingWork = new Set<Promise<unknown>>();
  const handOver = (work: Promise<unknown>): void => {
    callPart(
      () => waitUntil?.(work),
      (cause) =>
        problems.reportFirst({
          code: 'wait-until-failed',
          part: 'client',
          message: 'The option "waitUntil" failed.',
          cause,
        }),
    );
  };
  const backgroundWork = (work: Promise<unknown>): void => {
    const settled = work.catch(() => undefined).finally(() => pendingWork.delete(settled));
    pendingWork.add(settled);
    handOver(settled);
  };

  const host = {
    problem: problems.report,
    clientName,
    clientVersion,
    waitUntil: waitUntil && handOver,
    logger,
  };
  const recorder = createEventRecorder(
    events,
    { ...host, logEvent: (event) => listeners.emit('log-event', event) },
    problems,
  );
  const mayRecord = (): boolean => {
    if (closing === undefined) return true;
    ignoredByParts += 1;
    return false;
  };

  const useSource = (purpose: 'decision' | 'ready'): void => {
    problems.guard('config', 'Telling the config source of its use', () => source.used?.(backgroundWork, purpose));
  };

  const runtime: Runtime = {
    currentConfig: () => lastConfig,
    configForDecision() {
      if (source.used !== undefined && closing === undefined) useSource('decision');
      return lastConfig;
    },
    defaultBits: parseDecideOptions(options.defaultDecideOptions),
    profiles: options.profiles
      ? createProfiles(options.profiles, {
          timeoutMs: options.profileTimeoutMs ?? PROFILE_TIMEOUT_MS,
          report: problems.report,
          reportOnce: problems.reportOnce,
          background: backgroundWork,
          mayRecord,
        })
      : null,
    odp,
    cmab,
    events: recorder,
    listeners,
    problems,
    logger,
    clientName,
    clientVersion,
    countDecision: () => {
      decisions += 1;
    },
    background: backgroundWork,
  };

  const install = (config: ProjectConfig, found: readonly Problem[]): void => {
    const previousRevision = lastConfig?.revision ?? null;
    lastConfig = config;
    if (isComplete()) readiness.settle();
    for (const problem of found) problems.report(problem);
    platform.configure();
    listeners.emit('config-update', { revision: config.revision, previousRevision });
  };

  const platform = createOdpWiring({
    odp,
    vuid,
    problems,
    currentConfig: () => lastConfig,
    mayRecord,
  });
  retainConfigSource(source);
  problems.guard('odp', 'Attaching ODP', () => odp?.attach?.(host));
  problems.guard('profiles', 'Attaching the profile store', () => options.profiles?.attach?.(host));
  let unsubscribe: () => void = () => undefined;
  problems.guard('config', 'Subscribing to the config source', () => {
    const leave: unknown = source.subscribe((change) => {
      if (closing !== undefined) return;
      if (change.type === 'config') install(change.config, change.problems);
      else problems.report(change.problem);
    });
    if (typeof leave === 'function') unsubscribe = () => void leave();
    return leave;
  });
  lastConfig = source.current();
  if (lastConfig !== null) {
    problems.guard('config', 'Reading the problems of the config source', () => {
      const found: unknown = source.problems?.();
      if (Array.isArray(found)) for (const problem of found as readonly Problem[]) problems.report(problem);
      return found;
    });
    platform.configure();
  }
  if (!isVisitorKnown) {
    void platform.load().then(() => {
      isVisitorKnown = true;
      if (isComplete()) readiness.settle();
    });
  }

  const parts = {
    source,
    unsubscribe: () => unsubscribe(),
    events,
    odp,
    profiles: options.profiles,
    cmab,
    pendingWork,
    report: problems.report,
  };
  const methods: Omit<Client, keyof AsyncDisposal | 'isReady' | 'vuid'> = {
    ready(readyOptions) {
      if (lastConfig === null && closing === undefined) useSource('ready');
      return readiness.wait(isComplete(), readyOptions);
    },
    createUserContext(userId, attributes) {
      const id: unknown = userId ?? platform.vuid();
      if (typeof id !== 'string' || id === 'undefined') throw invalidUser(id);
      platform.identify(id);
      return new ClientUserContext(runtime, createUserSnapshot(id, attributes));
    },
    getProjectInfo() {
      if (lastConfig === null) return null;
      if (projectInfo?.of !== lastConfig) projectInfo = { of: lastConfig, info: buildProjectInfo(lastConfig) };
      return projectInfo.info;
    },
    sendOdpEvent: platform.sendEvent,
    on(event, listener) {
      const off = listeners.on(event, listener);
      if (event === 'problem') for (const problem of problems.takeBacklog()) listeners.emit('problem', problem);
      return off;
    },
    flush: (flushOptions) => deliver('flush', parts, flushOptions),
    close(closeOptions) {
      readiness.close();
      recorder.stop();
      closing ??= deliver('close', parts, closeOptions).finally(listeners.clear);
      return closing;
    },
    stats: () => ({
      decisions,
      problems: problems.counts(),
      events: recorder.report(),
      odp: tryPart(() => odp?.stats?.()) ?? null,
      ignoredAfterClose: recorder.ignored() + ignoredByParts,
    }),
  };
  const client = Object.assign(new ClientState({ isReady: () => lastConfig !== null, vuid: platform.vuid }), methods);
  return withAsyncDispose(client) as unknown as Client<F>;
}

/**
 * What of a client is no method. A class, because getters of an object literal give each object a hidden class of its own,
 * which only a full garbage collection frees, together with the config that the getters see.
 */
class ClientState implements Pick<Client, 'isReady' | 'vuid'> {
  // No private name: it would not be found through a proxy, which frameworks put around what they watch.
  private readonly state: { isReady(): boolean; vuid(): string | null };

  constructor(state: { isReady(): boolean; vuid(): string | null }) {
    this.state = state;
  }

  get isReady(): boolean {
    return this.state.isReady();
  }

  get vuid(): string | null {
    return this.state.vuid();
  }
}

/** `await using` works where the runtime knows it. */
function withAsyncDispose<C extends Pick<Client, 'close'>>(client: C): C {
  const asyncDispose = (Symbol as { asyncDispose?: symbol }).asyncDispose;
  if (asyncDispose === undefined) return client;
  return Object.defineProperty(client, asyncDispose, { value: async () => void (await client.close()) });
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
