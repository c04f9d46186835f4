/** Composes a client of its parts: the config of its source goes to the parts, and their steps go into its calls. */
import { createUserSnapshot, type DeliveryReport, type Reason, SdkError } from '@sortition/core';
import { describeValue, tryPart } from '@sortition/core/internal';
import type { ClientEvents } from './client-events.ts';
import { CLIENT, type ClientInternals, callHooks, type UserContextClass, useConfigSource } from './client-internals.ts';
import { createCore } from './create-core.ts';
import { parseDecideOptions } from './decide-bits.ts';
import { deliver } from './delivery.ts';
import { followSource } from './follow-source.ts';
import type { AsyncDisposal, LeanClient } from './lean-client.ts';
import type { LeanOptions } from './lean-options.ts';
import { checkValue, type OptionRule } from './option-rules.ts';
import type { DecisionSteps, Part, PartHooks } from './part.ts';
import { createReadiness } from './ready.ts';
import { reportUnknownName } from './unknown-name.ts';

/** A kind of client: its options, the parts that the options add, and its user contexts. */
export interface ClientKind<Options extends LeanOptions> {
  /** What each option must be. */
  readonly rules: Readonly<Record<string, OptionRule>>;
  /** The parts that options add to those of the option `parts`. */
  bring(options: Options): readonly Part[];
  readonly UserContext: UserContextClass;
}

/**
 * Composes a client.
 *
 * @throws SdkError `invalid-option`
 */
export function composeClient<Options extends LeanOptions>(
  options: Options,
  { rules, bring, UserContext }: ClientKind<Options>,
): LeanClient {
  // A copy, because options are read later too, and the caller may change the object in the meantime.
  const own: Options = { ...options };
  for (const [name, rule] of Object.entries(rules)) {
    const value: unknown = own[name as keyof Options];
    if (value !== undefined || name === 'config') checkValue('createClient', name, value, rule);
  }
  const core = createCore(own);
  const { state, problems, listeners, settled } = core;
  const hooks = [...bring(own), ...(own.parts ?? [])].map((part) => readHooks(part(core)));
  const teller = { ...core, hooks, steps: collectSteps(hooks), source: own.config, UserContext };
  const names = Object.keys(rules);
  for (const name of Object.keys(own)) {
    if (!names.includes(name)) reportUnknownName(teller, 'createClient', 'option', name, names);
  }
  const client: ClientInternals = { ...teller, defaultBits: parseDecideOptions(own.defaultDecideOptions, teller) };

  /** Few parts have this hook, and checking each part for every user would cost as much as a decision. */
  const userHooks = hooks.filter(({ user }) => user);
  const readiness = createReadiness(client);
  const delivering = {
    // The part with the store waits for the background work itself, before the store is closed.
    hooks: [
      ...hooks,
      client.steps.profiles ? {} : { flush: settled, close: settled },
      followSource(client, readiness.wake),
    ],
    problems,
  };
  let closing: Promise<DeliveryReport> | undefined;

  const methods: Omit<LeanClient, 'isReady' | keyof AsyncDisposal> = {
    ready(readyOptions) {
      useConfigSource(client, 'ready');
      const waited = readiness.wait(readyOptions);
      // A failed call that is not awaited must not end the process; an awaited call still rejects.
      waited.catch(() => undefined);
      return waited;
    },
    createUserContext(userId, attributes) {
      const id: unknown = userId ?? firstUserId(client);
      if (typeof id !== 'string' || id === 'undefined') throw invalidUser(id);
      if (userHooks.length > 0) callHooks(core, userHooks, 'user', id);
      return new UserContext({ client, user: createUserSnapshot(id, attributes), loaded: undefined }) as never;
    },
    on(event, listener) {
      if (!EVENTS.includes(event)) reportUnknownName(client, 'A client', 'event', event, EVENTS);
      const off = listeners.on(event, listener);
      if (event === 'problem') for (const problem of problems.takeBacklog()) listeners.emit('problem', problem);
      if (state.decisions > 0) callHooks(core, hooks, 'decided');
      return off;
    },
    flush: (flushOptions) => deliver('flush', delivering, flushOptions),
    close(closeOptions) {
      state.isClosed = true;
      readiness.wake();
      if (closing) return closing;
      // Set before any part is closed, because a part may close the client in turn.
      let settle = (_report: Promise<DeliveryReport>): void => undefined;
      closing = new Promise((resolve) => {
        settle = resolve;
      });
      settle(deliver('close', delivering, closeOptions).finally(listeners.clear));
      return closing;
    },
    stats() {
      const { decisions, ignoredAfterClose } = state;
      const events = { produced: 0, delivered: 0, dropped: 0, pending: 0, retries: 0 };
      const counted = { decisions, problems: problems.counts(), events, odp: null, ignoredAfterClose };
      return Object.assign(counted, ...callHooks(core, hooks, 'stats'));
    },
  };
  const composed = Object.assign(new LiveState(client), methods);
  // `await using` works where the runtime knows it.
  const { asyncDispose } = Symbol as { asyncDispose?: symbol };
  if (asyncDispose) Object.defineProperty(composed, asyncDispose, { value: async () => void (await methods.close()) });
  return composed as unknown as LeanClient;
}

/** @throws SdkError `invalid-option` when a part returned something else */
function readHooks(answer: PartHooks): PartHooks {
  // A promise is refused too, and its rejection must not end the process.
  const hooks = tryPart(() => answer);
  if (typeof hooks === 'object' && hooks && !Array.isArray(hooks)) return hooks;
  throw new SdkError('invalid-option', 'A part of createClient must return an object of hooks, not a promise.');
}

/** @throws SdkError `invalid-option` when two parts have the same step */
function collectSteps(hooks: readonly PartHooks[]): DecisionSteps {
  const steps: Record<string, unknown> = {};
  for (const hook of hooks) {
    for (const name of STEPS) {
      if (hook[name] && steps[name])
        throw new SdkError('invalid-option', `Two parts of createClient have "${name}"; expected at most one.`);
      steps[name] ??= hook[name];
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
  'readChange',
  'describeProblem',
] as const satisfies readonly (keyof DecisionSteps)[];

const EVENTS: readonly string[] = [
  'decision',
  'track',
  'log-event',
  'config-update',
  'problem',
] satisfies readonly (keyof ClientEvents<Reason>)[];

/** The id of a user who is created without one. */
function firstUserId(client: Pick<ClientInternals, 'hooks' | 'problems'>): string | null {
  const ids = callHooks(client, client.hooks, 'userId');
  return ids.find((id) => typeof id === 'string') ?? null;
}

/**
 * The properties of a client that are not methods. A class, because getters in an object literal give each object a
 * separate hidden class, which only a full garbage collection frees, together with the config that the getters refer
 * to.
 */
class LiveState {
  // Not a private name: it would not be found through the proxies that reactive frameworks put around objects.
  declare readonly [CLIENT]: () => ClientInternals;

  constructor(client: ClientInternals) {
    // A function, and not enumerable, so that logging a client does not log its internals.
    Object.defineProperty(this, CLIENT, { value: () => client });
  }

  get isReady(): boolean {
    return this[CLIENT]().state.config !== null;
  }

  /** Only for the client with every feature. */
  get vuid(): string | null {
    return firstUserId(this[CLIENT]());
  }
}

function invalidUser(id: unknown): SdkError {
  const got = id === 'undefined' ? 'the text "undefined" of a missing id' : describeValue(id);
  return new SdkError('invalid-user', `createUserContext needs a user id that is a string, got ${got}.`);
}
