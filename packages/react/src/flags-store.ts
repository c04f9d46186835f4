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
import type { FlagsUser } from './flags-client.ts';
import type { FlagsInput } from './flags-input.ts';
import type { PageSnapshot } from './page-snapshot.ts';
import { postTokens } from './post-tokens.ts';
import { notesOf, readinessOf, settle } from './readiness.ts';

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
  /** Says that decisions are on the screen. Returns what says that they no longer are. */
  show(states: () => readonly DecisionState[]): () => void;
  /** Decides again, tells the components whose decision changed, and records what is shown. */
  refresh(): void;
  give(input: FlagsInput): void;
  /** From the first commit on: the client takes over from the snapshot, and is followed. Returns what ends that. */
  connect(client: FlagsInput['client']): () => void;
}

const HELD = ['DISABLE_DECISION_EVENT'] as const;

/** Creates the store of one provider. Decides nothing before something is read. */
export function createFlagsStore(given: FlagsInput, parent?: FlagsStore | null): FlagsStore {
  let input = given;
  let user: FlagsUser | null = null;
  let isMounted = false;
  /** Several changes are on their way, after which everything is decided once. */
  let isGiving = false;
  let held = readSnapshot(given.snapshot);
  let tokens: string[] = [];
  const firstStates = held;
  const states = new Map<string, DecisionState>();
  /** Flag key to the client's decision behind a state. */
  const decided = new Map<string, DecisionState['decision']>();
  const listeners = new Set<() => void>();
  const shown = new Set<() => readonly DecisionState[]>();
  const told = parent?.told ?? notesOf(Object(given.client ?? given.snapshot)).told;

  const decide = (flagKey: string): DecisionState => {
    const { client, snapshot } = input;
    let reason: unknown = 'There is no client and no snapshot: give FlagsProvider one of them.';
    decided.delete(flagKey);
    try {
      // Before the first commit the snapshot is shown, whatever the client says: the server had nothing else.
      const own = (isMounted || !snapshot) && store.user()?.decide(flagKey, HELD);
      if (own) {
        decided.set(flagKey, own as DecisionState['decision']);
        return { status: 'ready', decision: own } as DecisionState;
      }
      const state = held.get(flagKey);
      if (state) return state;
      if (snapshot) reason = `No decision for flag "${flagKey}" in the snapshot.`;
      if (client) {
        const readiness = readinessOf(client);
        if (readiness.status !== 'failed') return off(flagKey, 'loading');
        reason = readiness.error;
      }
    } catch (error) {
      reason = error;
    }
    return off(flagKey, 'failed', String(reason));
  };

  /** @param only The state to be recorded now, because it is about to be replaced; all that are shown, and may wait, when absent. */
  const record = (only?: DecisionState, isLeaving = !!only): void => {
    for (const read of shown) {
      for (const state of read()) {
        const { flagKey, variationKey } = state.decision;
        // What is no longer current is about to be rendered again, and recorded then.
        if (state.status !== 'ready' || state !== (only ?? store.read(flagKey))) continue;
        const { client, snapshot } = input;
        const id = JSON.stringify([user?.userId ?? input.user?.id, flagKey, variationKey]);
        if (told.has(id)) continue;
        const own = !isLeaving && decided.get(flagKey);
        const token = snapshot?.impressions?.tokens[flagKey];
        if (own) user?.trackImpression(own);
        else if (token && (isLeaving || !client || readinessOf(client).status === 'failed')) post(token);
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
      const state = firstStates.get(flagKey) ?? off(flagKey, 'loading');
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
      return () => shown.delete(read);
    },
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
      if (next.snapshot !== before.snapshot) held = readSnapshot(next.snapshot);
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
        disconnect = client?.on('config-update', store.refresh);
      } catch {
        // It is not a client, which each decision says.
      }
      if (client) settle(client, input.timeoutMs).then(store.refresh);
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

/** States by flag key; a broken snapshot has none. */
function readSnapshot(snapshot: PageSnapshot | null | undefined): Map<string, DecisionState> {
  try {
    const decisions = snapshot?.decisions ?? [];
    return new Map(
      decisions.map((decision) => [
        decision.flagKey,
        { status: 'ready', decision: { ...decision, reasons: [] } } as DecisionState,
      ]),
    );
  } catch {
    return new Map();
  }
}

function off(flagKey: string, status: 'loading' | 'failed', reason = 'The client is not ready.'): DecisionState {
  const decision = {
    variationKey: null,
    enabled: false,
    variables: {},
    ruleKey: null,
    flagKey,
    reasons: [reason],
  } as const;
  return { status, decision };
}

/** Returns the older of two states unless they differ in something that a component may show. */
function keep(before: DecisionState | undefined, now: DecisionState): DecisionState {
  return before && describe(before) === describe(now) ? before : now;
}

function describe({ status, decision: { variationKey, enabled, variables, ruleKey } }: DecisionState): string {
  return JSON.stringify([status, variationKey, enabled, variables, ruleKey]);
}
