/**
 * What a provider knows: the decisions of the moment, for one client and user, as an external store of React.
 *
 * A decision is made when it is read, and kept until something it may depend on changes. Then it is made again, and replaced
 * only when it differs: components that read the same object are left alone.
 *
 * Components also say what they show, after they were committed. It is recorded once per client, user, flag and variation, and
 * remembered with the client: components and providers come and go.
 */
import type { Followed } from '@sortition/client/internal';
import type { EventTags } from '@sortition/core';
import type { DecisionState } from './decision-state.ts';
import type { FlagsClient, FlagsUser } from './flags-client.ts';
import type { FlagsInput } from './flags-input.ts';
import { postTokens } from './post-tokens.ts';
import { LOADING, notesOf, unreadinessOf } from './readiness.ts';

/** The decisions of a provider. */
export interface FlagsStore {
  /** What the first render knows. With a snapshot nothing else: a server often has no client, or another one. */
  readonly given: FlagsInput;
  /** What the provider is given now. */
  input(): FlagsInput;
  /** Listens to changes. Returns what ends that. */
  on(listener: () => void): () => boolean;
  read(flagKey: string): DecisionState;
  /** The decision of the first render, which the server made too. */
  first(flagKey: string): DecisionState;
  /** The user of a client that is ready. */
  user(): FlagsUser | null;
  /** Records a conversion of that user. Answers whether there is one. */
  track(eventKey: string, eventTags?: EventTags): boolean;
  /** Says that a decision is seen. It is recorded once it is known who does it: the client, or else the server. */
  see(state: DecisionState): void;
  /**
   * Suspends for a decision that is worth waiting for: the client may make another one, and a render after that would show it. React
   * waits for what is thrown; `use` does not exist before React 19.
   */
  wait(state: DecisionState): void;
  set(input: FlagsInput): void;
  /** From the first commit on: the client takes over from the snapshot, and is followed. Returns what ends that. */
  start(): (() => void) | undefined;
}

type Decided = DecisionState['decision'];

/** What is shown of a flag, what the client decided, which is what an impression is of, and what a component may show of it. */
type Found = readonly [state: DecisionState, own: ReturnType<FlagsUser['decide']> | undefined, text: string];

/** Creates the store of one provider. Decides nothing before something is read. */
export function createFlagsStore(given: FlagsInput): FlagsStore {
  let input = given;
  let user: FlagsUser | null = null;
  let states = new Map<string, Found>();
  /** What a part shows that is hydrated: what the server showed. With a snapshot that is all there is until the first commit. */
  const firstStates = given.snapshot ? states : new Map<string, Found>();
  const listeners = new Set<() => void>();
  // biome-ignore lint/suspicious/noAssignInExpressions: the shorter one
  let told = (notesOf(given.client ?? given.snapshot).told ??= new Set());
  /** What a server holds of impressions that are not told yet. */
  const waiting = new Map<string, readonly [url: string, token: string]>();
  /** The wait of everything that is suspended. */
  let pending: Promise<void> | undefined;

  const read = (flagKey: string, memory = states): DecisionState => {
    const known = memory.get(flagKey);
    if (known) return known[0];
    const [before, , textBefore] = states.get(flagKey) ?? firstStates.get(flagKey) ?? [];
    const isFirst = memory === firstStates && given.snapshot;
    // What the first snapshot does not have is loading, also without a client: a server often has none of the browser's.
    let unready = isFirst ? LOADING : unreadinessOf(input.client);
    let own: ReturnType<FlagsUser['decide']> | undefined;
    try {
      if (!isFirst) {
        openUser();
        own = user?.decide(flagKey, ['DISABLE_DECISION_EVENT']);
      }
    } catch (error) {
      unready = { status: 'failed', error };
    }
    let decision = own as Decided | undefined;
    // Flat, because anything but a list becomes a list of one.
    for (const held of [(isFirst ? given : input).snapshot?.decisions].flat()) {
      if (held?.flagKey === flagKey) decision ??= { ...held, reasons: [] } as Decided;
    }
    const status = decision ? 'ready' : unready.status;
    decision ??= {
      variationKey: null,
      enabled: false,
      variables: {},
      ruleKey: null,
      flagKey,
      reasons: [String(unready.error)],
    };
    const text = JSON.stringify([
      status,
      decision.variationKey,
      decision.enabled,
      decision.variables,
      decision.ruleKey,
      own ? [] : decision.reasons,
    ]);
    const state = (text === textBefore ? before : { status, decision }) as DecisionState;
    memory.set(flagKey, [state, own, text]);
    return state;
  };

  const openUser = (): void => {
    const { client, user: asked } = input;
    if (user || !client?.isReady) return;
    user = client.createUserContext(asked?.id, asked?.attributes);
    // While there is no user several changes are on their way, after which everything is decided once. A context of another kind,
    // such as one of a test, changes unseen.
    Reflect.set(user, 'sortition.changed' satisfies keyof Followed, () => user && refresh());
  };

  /** Posts what waits, when the client did not record it. @param isLeaving The page goes, so that it cannot wait any longer. */
  const post = (isLeaving?: unknown): void => {
    // Neither servers nor React Native have pages that are left.
    if (!isLeaving && unreadinessOf(input.client) === LOADING) {
      globalThis.addEventListener?.('pagehide', post);
      return;
    }
    globalThis.removeEventListener?.('pagehide', post);
    const bodies = new Map<string, string>();
    for (const [id, [url, token]] of waiting) {
      // The client may have recorded it meanwhile, or another provider may have posted it.
      if (told.has(id)) continue;
      bodies.set(url, [bodies.get(url), token].join('\n'));
      told.add(id);
    }
    waiting.clear();
    for (const held of bodies) postTokens(...held);
  };

  const refresh = (): void => {
    const next = new Map<string, Found>();
    for (const flagKey of states.keys()) read(flagKey, next);
    states = next;
    pending = undefined;
    for (const listener of listeners) listener();
    post();
  };

  /** Waits for the client to be ready or to fail to be in time, which is a change. Never rejects. */
  const ready = async (): Promise<void> => {
    const { client, timeoutMs = 5_000 } = input;
    const notes = notesOf(client);
    try {
      notes.wait ??= (client as FlagsClient).ready({ timeoutMs });
      await notes.wait;
      // A client of another kind may not be ready after all, and is not waited for again.
      notes.unready = { status: 'failed', error: LOADING.error };
    } catch (error) {
      notes.unready = { status: 'failed', error };
    }
    refresh();
  };

  const store: FlagsStore = {
    given: given.snapshot ? { snapshot: given.snapshot } : given,
    input: () => input,
    on(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    read,
    first: (flagKey) => read(flagKey, firstStates),
    user() {
      try {
        openUser();
      } catch {
        // The user has no id; the reasons of each decision say so.
      }
      return user;
    },
    track(eventKey, eventTags) {
      store.user()?.trackEvent(eventKey, eventTags);
      return !!user;
    },
    see(state) {
      const { flagKey, variationKey } = state.decision;
      const id = JSON.stringify([String(input.user?.id), flagKey, variationKey]);
      const [current, own] = states.get(flagKey) ?? [];
      const impressions = input.snapshot?.impressions;
      const token = impressions?.tokens?.[flagKey];
      // What is no longer current is about to be rendered again, and seen then.
      if (state !== current || told.has(id)) return;
      if (own) {
        try {
          user?.trackImpression(own);
          told.add(id);
        } catch {
          // A client that cannot record does not break the page, and may record another decision.
        }
      } else if (token) {
        waiting.set(id, [impressions.url, token]);
        // Those of the same moment leave together.
        queueMicrotask(post);
      }
    },
    wait(state) {
      const { flagKey } = state.decision;
      // What the first snapshot does not have is shown as it is: the server has nothing to wait for.
      if (state.status !== 'loading' || (given.snapshot && firstStates.get(flagKey)?.[0] === state)) return;
      // The server waited as well, so that nothing was shown of it.
      firstStates.delete(flagKey);
      // Any change may end it, such as another client.
      // biome-ignore lint/suspicious/noAssignInExpressions: the shorter one
      throw (pending ??= new Promise<void>((resolve) => {
        listeners.add(resolve);
        ready();
      }));
    },
    set(next) {
      const isOther = next.client !== input.client || next.user?.id !== input.user?.id;
      let isChanged = isOther || next.snapshot !== input.snapshot;
      // The context they have may hold segments and forced decisions.
      const context = isOther ? null : user;
      user = null;
      try {
        const old = { ...input.user?.attributes };
        const attributes = { ...next.user?.attributes };
        for (const key in { ...old, ...attributes }) {
          if (old[key] === attributes[key]) continue;
          isChanged = true;
          context?.setAttribute(key, attributes[key]);
        }
      } catch {
        // Attributes that cannot be read, or a context of another kind that takes none, do not break the page.
      }
      user = context;
      if (!isChanged) return;
      // A client that comes later does not record what was posted before.
      told = notesOf(next.client ?? next.snapshot).told ??= input.client ? new Set() : told;
      input = next;
      refresh();
    },
    start() {
      ready();
      refresh();
      try {
        return input.client?.on('config-update', refresh);
      } catch {
        // It is not a client; the reasons of each decision say so.
      }
    },
  };
  return store;
}
