/** The client: composes the parts an application brought and hands out user contexts. Wiring, no rules. */
import {
  type Attributes,
  createUserSnapshot,
  type DeliveryReport,
  type EventSinkReport,
  type LogEvent,
  type Problem,
  SdkError,
} from '@sortition/core';
import type { AsyncDisposal } from './async-disposal.ts';
import { callPart, tryPart } from './call-part.ts';
import { type ClientEvents, type ClientListener, createListenerRegistry } from './client-events.ts';
import { type ClientOptions, validateClientOptions } from './client-options.ts';
import type { ClientStats } from './client-stats.ts';
import { ClientUserContext } from './client-user-context.ts';
import { isProjectConfig } from './config-check.ts';
import { parseDecideOptions } from './decide-bits.ts';
import { type DeliveryOptions, deliver } from './delivery.ts';
import { attachSink, callSink } from './event-recorder.ts';
import { consoleLogger, guardLogger } from './logger.ts';
import { createOdpWiring, type OdpEventInput } from './odp-wiring.ts';
import { createProblemReporter } from './problem-reporter.ts';
import { createProfiles } from './profiles/guarded-store.ts';
import { buildProjectInfo, type ProjectInfo } from './project-info.ts';
import { createReadiness, type ReadyOptions } from './ready.ts';
import { type Runtime, useConfigSource } from './runtime.ts';
import { retainConfigSource } from './shared-config-sources.ts';
import type { AnyFlags, FlagMap } from './typed-flags.ts';
import type { AttributesOf, UserContext } from './user-context.ts';

/** Decides flags for users. Create one per process and project, and close it at the end. */
export type Client<F extends FlagMap<F> = AnyFlags> = ClientOf<UserContext<F>>;

/** `Client` by the users it creates: a client of described flags fits where one of any flags is asked for. */
export interface ClientOf<User extends UserContext> extends AsyncDisposal {
  /** Whether there is a config to decide with. */
  readonly isReady: boolean;
  /**
   * Resolves when there is a config.
   *
   * @throws SdkError `not-ready` after the timeout, `aborted`, or `closed`; `invalid-option` for a signal that is none.
   */
  ready(options?: ReadyOptions): Promise<void>;
  /** @throws SdkError `invalid-user` when the id is no string, or absent without a visitor id. */
  createUserContext<A extends AttributesOf<A> = Attributes>(userId?: string, attributes?: A): User;
  /** The project behind the flags, frozen and shared; `null` before there is a config. */
  getProjectInfo(): ProjectInfo | null;
  /** Sends an event to the customer-data platform. Never throws; what cannot be sent is a problem. */
  sendOdpEvent(event: OdpEventInput): void;
  readonly vuid: string | null;
  /** Listens to an event; returns the way out. */
  on<E extends keyof ClientEvents>(event: E, listener: ClientListener<E>): () => void;
  /** Sends what is queued and waits for it, for at most `timeoutMs` (5,000). Never rejects. */
  flush(options?: DeliveryOptions): Promise<DeliveryReport>;
  /** Flushes and stops every part. Idempotent, never rejects; decisions go on with the last config and record nothing. */
  close(options?: DeliveryOptions): Promise<DeliveryReport>;
  stats(): ClientStats;
}

const CLIENT_NAME = 'sortition';
const CLIENT_VERSION = '0.0.0';
const NO_EVENTS: EventSinkReport = { produced: 0, delivered: 0, dropped: 0, pending: 0, retries: 0 };

/**
 * Creates a client.
 *
 * @throws SdkError `invalid-option` when a part does not have the shape it must have.
 * @example
 * const client = createClient({ config: createStaticConfig({ datafile }), events: null });
 * const decision = client.createUserContext('ada', { plan: 'pro' }).decide('checkout');
 */
export function createClient<F extends FlagMap<F> = AnyFlags>(options: ClientOptions): Client<F> {
  // A copy, because parts are read later too: what the caller does with their object by then must not matter.
  const own: ClientOptions = { ...options };
  validateClientOptions(own);
  const { config: source, odp, profiles, vuid, waitUntil } = own;
  const logger = own.logger === false ? undefined : guardLogger(own.logger ?? consoleLogger());
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
  const problems = createProblemReporter(logger, (problem) => listeners.emit('problem', problem));
  const host = {
    problem: problems.report,
    logEvent: (event: LogEvent) => void listeners.emit('log-event', event),
    clientName: own.clientName ?? CLIENT_NAME,
    clientVersion: own.clientVersion ?? CLIENT_VERSION,
    waitUntil:
      waitUntil &&
      ((work: Promise<unknown>) => {
        const message = 'The option "waitUntil" failed.';
        callPart(
          () => waitUntil(work),
          (cause) => problems.reportFirst({ code: 'wait-until-failed', part: 'client', message, cause }),
        );
      }),
    logger,
  };
  const runtime: Runtime = {
    options: own,
    host,
    listeners,
    problems,
    defaultBits: parseDecideOptions(own.defaultDecideOptions),
    profiles: undefined,
    config: null,
    decisions: 0,
    isClosed: false,
    ignoredAfterClose: 0,
    pendingWork: new Set(),
    unsubscribe: () => undefined,
  };
  runtime.profiles = profiles && createProfiles(profiles, runtime);
  const platform = createOdpWiring(runtime);
  /** Or known to be unknown. */
  let isVisitorKnown = vuid === undefined;
  const readiness = createReadiness(runtime, () => runtime.config !== null && isVisitorKnown);
  let projectInfo: ProjectInfo | null = null;
  let closing: Promise<DeliveryReport> | undefined;

  attachSink(runtime);
  problems.guard('odp', 'Attaching ODP', () => odp?.attach?.(host));
  problems.guard('profiles', 'Attaching the profile store', () => profiles?.attach?.(host));

  /** A problem of the source; what is none is a failure of the source. */
  const passOn = (problem: Problem): void => {
    if (typeof problem.code !== 'string') throw new TypeError('A config source reported something that is no problem.');
    problems.report(problem);
  };
  const install = (config: unknown, readProblems: () => unknown): void => {
    if (!isProjectConfig(config)) {
      const message =
        'The config source delivered something else than a config, which was ignored: a project config as parseDatafile makes it was expected.';
      problems.report({ code: 'invalid-config', part: 'config', message });
      return;
    }
    const previousRevision = runtime.config?.revision ?? null;
    runtime.config = config;
    projectInfo = null;
    readiness.wake();
    problems.guard('config', 'Reading the problems of the config source', () => {
      const found = readProblems();
      if (Array.isArray(found)) found.forEach(passOn);
      return found;
    });
    platform.configure(config);
    listeners.emit('config-update', { revision: config.revision, previousRevision });
  };
  retainConfigSource(source);
  const leave: unknown = problems.guard('config', 'Subscribing to the config source', () =>
    source.subscribe((change) => {
      if (runtime.isClosed) return;
      problems.guard('config', 'Reading a change of the config source', () => {
        if (change.type === 'config') install(change.config, () => change.problems);
        else passOn(change.problem);
      });
    }),
  );
  if (typeof leave === 'function') runtime.unsubscribe = () => leave();
  problems.guard('config', 'Reading the config of the config source', () => {
    const current: unknown = source.current();
    if (current !== null) install(current, () => source.problems?.());
    return current;
  });
  if (!isVisitorKnown) {
    void platform.loadVuid().then(() => {
      isVisitorKnown = true;
      readiness.wake();
    });
  }

  const methods: Omit<Client, keyof AsyncDisposal | 'isReady' | 'vuid'> = {
    ready(readyOptions) {
      if (runtime.config === null) useConfigSource(runtime, 'ready');
      return readiness.wait(readyOptions);
    },
    createUserContext(userId, attributes) {
      const id: unknown = userId ?? platform.vuid();
      if (typeof id !== 'string' || id === 'undefined') throw invalidUser(id);
      platform.announce(id);
      return new ClientUserContext(runtime, createUserSnapshot(id, attributes));
    },
    getProjectInfo() {
      projectInfo ??= runtime.config && buildProjectInfo(runtime.config);
      return projectInfo;
    },
    sendOdpEvent: platform.sendEvent,
    on(event, listener) {
      const off = listeners.on(event, listener);
      if (event === 'problem') for (const problem of problems.takeBacklog()) listeners.emit('problem', problem);
      return off;
    },
    flush: (flushOptions) => deliver('flush', runtime, flushOptions),
    close(closeOptions) {
      runtime.isClosed = true;
      readiness.wake();
      closing ??= deliver('close', runtime, closeOptions).finally(listeners.clear);
      return closing;
    },
    stats: () => ({
      decisions: runtime.decisions,
      problems: problems.counts(),
      events: callSink(runtime, (sink) => sink.stats?.(), 'The event sink has no counters to show.') ?? NO_EVENTS,
      odp: tryPart(() => odp?.stats?.()) ?? null,
      ignoredAfterClose: runtime.ignoredAfterClose,
    }),
  };
  const client = Object.assign(
    new ClientState({ isReady: () => runtime.config !== null, vuid: platform.vuid }),
    methods,
  );
  // `await using` works where the runtime knows it.
  const { asyncDispose } = Symbol as { asyncDispose?: symbol };
  if (asyncDispose) Object.defineProperty(client, asyncDispose, { value: async () => void (await methods.close()) });
  return client as unknown as Client<F>;
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

function invalidUser(id: unknown): SdkError {
  const got =
    id === 'undefined'
      ? 'the text "undefined", which is a missing id turned into text'
      : id === null
        ? 'null'
        : typeof id;
  return new SdkError('invalid-user', `createUserContext needs a user id that is a string, got ${got}.`);
}
