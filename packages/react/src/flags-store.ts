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
import { LOADING, notesOf, settle, type Unready, unreadinessOf } from './readiness.ts';

/** What a component shows at the moment. */
export type ReadStates = () => readonly DecisionState[];

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
  /** Says that a component is on the page. Returns what says that it no longer is. */
  show(read: ReadStates): () => void;
  /** Says that a component is seen. Counts while it is on the page. */
  see(read: ReadStates): void;
  /** Decides again, tells the components whose decision changed, and records what is seen. */
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
  /** Before the first commit the snapshot is shown, as the server had nothing else. */
  let isClientsTurn = !given.snapshot;
  /** Several changes are on their way, after which everything is decided once. */
  let isGiving = false;
  const posting: string[] = [];
  const firstStates = new Map<string, DecisionState>();
  const states = new Map<string, DecisionState>();
  /** Flag key to what the client decided, which is what its impression is of. */
  const decided = new Map<string, ReturnType<FlagsUser['decide']> | false | undefined>();
  const listeners = new Set<() => void>();
  const shown = new Set<ReadStates>();
  const seen = new WeakSet<ReadStates>();
  const told = parent?.told ?? notesOf(Object(given.client ?? given.snapshot)).told;

  const decide = (flagKey: string): DecisionState => {
    try {
      const own = isClientsTurn && store.user()?.decide(flagKey, HELD);
      decided.set(flagKey, own);
      return own ? ready(own) : (readHeld(input.snapshot, flagKey) ?? off(flagKey, unreadinessOf(input.client)));
    } catch (error) {
      return off(flagKey, { status: 'failed', error });
    }
  };

  /** @param leaving A state that is about to leave the screen, so that its impression cannot wait for the client. */
  const record = (reads: Iterable<ReadStates>, leaving?: DecisionState): void => {
    for (const read of reads) {
      for (const state of seen.has(read) ? read() : []) {
        const { flagKey, variationKey } = state.decision;
        const id = JSON.stringify([user?.userId ?? input.user?.id, flagKey, variationKey]);
        // What is no longer current is about to be rendered again, and recorded then.
        if (state.status !== 'ready' || state !== (leaving ?? store.read(flagKey)) || told.has(id)) continue;
        const own = !leaving && decided.get(flagKey);
        const { url = '', tokens } = input.snapshot?.impressions ?? {};
        const token = tokens?.[flagKey];
        if (own) user?.trackImpression(own);
        else if (token && (leaving || unreadinessOf(input.client).status === 'failed')) post(url, token);
        else continue;
        told.add(id);
      }
    }
  };

  /** Tokens of the same moment leave together. */
  const post = (url: string, token: string): void => {
    if (posting.push(token) > 1) return;
    queueMicrotask(() => postTokens(url, posting.splice(0).join('\n')));
  };

  const store: FlagsStore = {
    given,
    told,
    input: () => input,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    read: (flagKey) => remember(states, flagKey, () => keep(firstStates.get(flagKey), decide(flagKey))),
    readFirst(flagKey) {
      if (!given.snapshot) return store.read(flagKey);
      // What the snapshot does not have is loading, also without a client: a server often has none of the browser's.
      return remember(firstStates, flagKey, () => readHeld(given.snapshot, flagKey) ?? off(flagKey, LOADING));
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
      record([read]);
      return () => shown.delete(read);
    },
    see(read) {
      seen.add(read);
      if (shown.has(read)) record([read]);
    },
    refresh() {
      if (isGiving) return;
      for (const [flagKey, before] of states) {
        const state = keep(before, decide(flagKey));
        if (state !== before) record(shown, before);
        states.set(flagKey, state);
      }
      for (const listener of listeners) listener();
      record(shown);
    },
    give(next) {
      const before = input;
      const old = before.user?.attributes ?? {};
      const attributes = next.user?.attributes ?? {};
      const isOther = next.client !== before.client || next.user?.id !== before.user?.id;
      let isChanged = isOther || next.snapshot !== before.snapshot;
      input = next;
      if (isOther) user = null;
      isGiving = true;
      for (const key in { ...old, ...attributes }) {
        if (old[key] === attributes[key]) continue;
        isChanged = true;
        // On the context they have, which may hold segments and forced decisions.
        user?.setAttribute(key, attributes[key]);
      }
      isGiving = false;
      if (isChanged) store.refresh();
    },
    connect(client) {
      let disconnect: (() => void) | undefined;
      isClientsTurn = true;
      try {
        settle(client as FlagsClient, input.timeoutMs).then(store.refresh);
        disconnect = client?.on('config-update', store.refresh);
      } catch {
        // It is not a client, which each decision says.
      }
      store.refresh();
      const leave = (): void => {
        for (const state of states.values()) record(shown, state);
      };
      addEventListener('pagehide', leave);
      return () => {
        disconnect?.();
        removeEventListener('pagehide', leave);
      };
    },
  };
  return store;
}

/** Reads what is known of a flag, and finds it out the first time. */
function remember(memory: Map<string, DecisionState>, flagKey: string, find: () => DecisionState): DecisionState {
  const state = memory.get(flagKey) ?? find();
  memory.set(flagKey, state);
  return state;
}

/** Reads a decision of the server; a broken snapshot has none. */
function readHeld(snapshot: PageSnapshot | null | undefined, flagKey: string): DecisionState | undefined {
  // Flat, because anything but a list becomes a list of one.
  const held = [snapshot?.decisions].flat().find((decision) => decision?.flagKey === flagKey);
  return held && ready({ ...held, reasons: [] });
}

function ready(decision: object): DecisionState {
  return { status: 'ready', decision } as DecisionState;
}

/** The off state of a flag that is not decided. */
function off(flagKey: string, { status, error }: Unready): DecisionState {
  const decision = {
    variationKey: null,
    enabled: false,
    variables: {},
    ruleKey: null,
    flagKey,
    reasons: [String(error)],
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
