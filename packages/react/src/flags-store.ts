/**
 * What a provider knows: the decisions of the moment, for one client and user, as an external store of React.
 *
 * A decision is made when it is read, and kept until something it may depend on changes. Then it is made again, and replaced
 * only when it differs: components that read the same object are left alone.
 *
 * Components also say what they show, after they were committed. It is recorded once per user, flag and variation, and
 * remembered with the client: components and providers come and go.
 */
import { onUserChange } from '@sortition/client/internal';
import type { DecisionState } from './decision-state.ts';
import type { FlagsClient, FlagsUser } from './flags-client.ts';
import type { FlagsInput } from './flags-input.ts';
import type { PageSnapshot } from './page-snapshot.ts';
import { postTokens } from './post-tokens.ts';
import { LOADING, notesOf, type Readiness, readinessOf, settle } from './readiness.ts';

/** The decisions of a provider. */
export interface FlagsStore {
  /** What the provider was given at first. */
  readonly given: FlagsInput;
  /** What was recorded. Providers inside of one another share it. */
  readonly told: Set<string>;
  /** What the provider is given now. */
  input(): FlagsInput;
  /** Listens to changes. Returns what ends that. */
  subscribe(listener: () => void): () => void;
  read(flagKey: string): DecisionState;
  /** The decision of the first render, which the server made too. */
  readFirst(flagKey: string): DecisionState;
  /** The user of a client that is ready; throws where the client cannot make one. */
  user(): FlagsUser | null;
  /** Says that decisions are on the screen, until `hide` says that they no longer are. */
  show(states: () => readonly DecisionState[]): void;
  hide(states: () => readonly DecisionState[]): void;
  /** Decides again, tells the components whose decision changed, and records what is shown. */
  refresh(): void;
  give(input: FlagsInput): void;
  /** From the first commit on: the client takes over from the snapshot, and is followed. Returns what ends that. */
  connect(client: FlagsInput['client']): () => void;
}

type ClientDecision = ReturnType<FlagsUser['decide']>;

const HELD = ['DISABLE_DECISION_EVENT'] as const;

/** Creates the store of one provider. Decides nothing before something is read. */
export function createFlagsStore(given: FlagsInput, parent?: FlagsStore | null): FlagsStore {
  let input = given;
  let user: FlagsUser | null = null;
  let isMounted = false;
  /** Several changes are on their way, after which everything is decided once. */
  let isGiving = false;
  let tokens: string[] = [];
  const firstStates = new Map<string, DecisionState>();
  const states = new Map<string, DecisionState>();
  /** Flag key to the client's decision behind a state. */
  const decided = new Map<string, ClientDecision>();
  const listeners = new Set<() => void>();
  const shown = new Set<() => readonly DecisionState[]>();
  const told = parent?.told ?? notesOf(Object(given.client ?? given.snapshot)).told;

  const decide = (flagKey: string): DecisionState => {
    const { client, snapshot } = input;
    let readiness: Readiness;
    decided.delete(flagKey);
    try {
      // Before the first commit the snapshot is shown, whatever the client says: the server had nothing else.
      const own = (isMounted || !snapshot) && store.user()?.decide(flagKey, HELD);
      if (own) decided.set(flagKey, own);
      const state = own ? ready(own) : readHeld(snapshot, flagKey);
      if (state) return state;
      readiness = readinessOf(client);
    } catch (error) {
      readiness = { status: 'failed', error };
    }
    return off(flagKey, readiness);
  };

  /** @param only The state to be recorded now, because it is about to be replaced; all that are shown, and may wait, when absent. */
  const record = (only?: DecisionState, isLeaving = !!only): void => {
    for (const read of shown) {
      for (const state of read()) {
        const { flagKey, variationKey } = state.decision;
        const id = JSON.stringify([user?.userId ?? input.user?.id, flagKey, variationKey]);
        // What is no longer current is about to be rendered again, and recorded then.
        if (state.status !== 'ready' || state !== (only ?? store.read(flagKey)) || told.has(id)) continue;
        const own = !isLeaving && decided.get(flagKey);
        const token = input.snapshot?.impressions?.tokens[flagKey];
        if (own) user?.trackImpression(own);
        else if (token && (isLeaving || readinessOf(input.client).status === 'failed')) post(token);
        else continue;
        told.add(id);
      }
    }
  };

  /** Tokens of the same moment leave together. */
  const post = (token: string): void => {
    const { url = '' } = input.snapshot?.impressions ?? {};
    if (tokens.push(token) > 1) return;
    queueMicrotask(() => {
      postTokens(url, tokens.join('\n'));
      tokens = [];
    });
  };

  const store: FlagsStore = {
    given,
    told,
    input: () => input,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    read(flagKey) {
      const state = states.get(flagKey) ?? keep(firstStates.get(flagKey), decide(flagKey));
      states.set(flagKey, state);
      return state;
    },
    readFirst(flagKey) {
      if (!given.snapshot) return store.read(flagKey);
      // What the snapshot does not have is loading, also without a client: a server often has none of the browser's.
      const state = firstStates.get(flagKey) ?? readHeld(given.snapshot, flagKey) ?? off(flagKey, LOADING);
      firstStates.set(flagKey, state);
      return state;
    },
    user() {
      const { client, user: asked } = input;
      if (!user && client?.isReady) {
        user = client.createUserContext(asked?.id, { ...asked?.attributes });
        onUserChange(user, store.refresh);
      }
      return user;
    },
    show(read) {
      shown.add(read);
      record();
    },
    hide: (read) => void shown.delete(read),
    refresh() {
      if (isGiving) return;
      for (const [flagKey, before] of states) {
        const now = keep(before, decide(flagKey));
        if (now !== before) record(before);
        states.set(flagKey, now);
      }
      for (const listener of listeners) listener();
      record();
    },
    give(next) {
      const before = input;
      const isSameUser = next.client === before.client && next.user?.id === before.user?.id;
      const old = before.user?.attributes ?? {};
      const attributes = next.user?.attributes ?? {};
      const changed = Object.keys({ ...old, ...attributes }).filter((key) => old[key] !== attributes[key]);
      input = next;
      if (isSameUser && next.snapshot === before.snapshot && !changed[0]) return;
      // With other attributes a user keeps their context, which may hold segments and forced decisions.
      isGiving = true;
      if (isSameUser) for (const key of changed) user?.setAttribute(key, attributes[key]);
      else user = null;
      isGiving = false;
      store.refresh();
    },
    connect(client) {
      let disconnect: (() => void) | undefined;
      isMounted = true;
      try {
        settle(client as FlagsClient, input.timeoutMs).then(store.refresh);
        disconnect = client?.on('config-update', store.refresh);
      } catch {
        // It is not a client, which each decision says.
      }
      store.refresh();
      const leave = (): void => record(undefined, true);
      addEventListener('pagehide', leave);
      return () => {
        disconnect?.();
        removeEventListener('pagehide', leave);
      };
    },
  };
  return store;
}

/** Reads a decision of the server; a broken snapshot has none. */
function readHeld(snapshot: PageSnapshot | null | undefined, flagKey: string): DecisionState | undefined {
  try {
    const held = snapshot?.decisions.find((decision) => decision.flagKey === flagKey);
    return held && ready({ ...held, reasons: [] });
  } catch {
    return undefined;
  }
}

function ready(decision: object): DecisionState {
  return { status: 'ready', decision } as DecisionState;
}

/** The off state of a flag that is not decided. */
function off(flagKey: string, readiness: Readiness): DecisionState {
  const isFailed = readiness.status === 'failed';
  const decision = {
    variationKey: null,
    enabled: false,
    variables: {},
    ruleKey: null,
    flagKey,
    reasons: [isFailed ? String(readiness.error) : 'The client is not ready.'],
  } as const;
  return { status: isFailed ? 'failed' : 'loading', decision };
}

/** Returns the older of two states unless they differ in something that a component may show. */
function keep(before: DecisionState | undefined, now: DecisionState): DecisionState {
  return before && describe(before) === describe(now) ? before : now;
}

function describe({ status, decision: { variationKey, enabled, variables, ruleKey } }: DecisionState): string {
  return JSON.stringify([status, variationKey, enabled, variables, ruleKey]);
}
