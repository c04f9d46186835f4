/**
 * The state of a provider: current decisions for one client and user, as an external store of React.
 *
 * A decision is made when it is read, and kept until something changes that it may depend on. Then it is made again,
 * and replaced only if it differs, so that components with the same object do not render again.
 *
 * Components report the decisions they show, after the commit. An impression is recorded once per client, user, flag
 * and variation. That is remembered with the client, because components and providers come and go.
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
  /**
   * The input of the first render. With a snapshot only that is used, because a server often has no client, or another
   * one.
   */
  readonly given: FlagsInput;
  /** The current input of the provider. */
  input(): FlagsInput;
  /** Adds a listener for changes. Returns a function that removes it. */
  on(listener: () => void): () => boolean;
  read(flagKey: string): DecisionState;
  /** The decision of the first render, which the server made too. */
  first(flagKey: string): DecisionState;
  /** The user of a client that is ready. */
  user(): FlagsUser | null;
  /** Records a conversion of that user. Returns whether there is a user. */
  track(eventKey: string, eventTags?: EventTags): boolean;
  /**
   * Reports that a decision was seen. The impression is recorded when it is known whether the client or the server
   * records it.
   */
  see(state: DecisionState): void;
  /** Suspends until the client can decide. React waits for the thrown promise; `use` does not exist before React 19. */
  wait(state: DecisionState): void;
  set(input: FlagsInput): void;
  /**
   * Called at the first commit: the client takes over from the snapshot, and its changes are observed. Returns a
   * function that stops this.
   */
  start(): (() => void) | undefined;
}

type Decided = DecisionState['decision'];

/** The shown state of a flag, the client's own decision (for the impression), and the state that components get. */
type Found = readonly [state: DecisionState, own: ReturnType<FlagsUser['decide']> | undefined, text: string];

/** Creates the store of one provider. Makes no decision before one is read. */
export function createFlagsStore(given: FlagsInput): FlagsStore {
  let input = given;
  let user: FlagsUser | null = null;
  let states = new Map<string, Found>();
  /**
   * The decisions that the server showed, for hydration. With a snapshot there are no others until the first commit.
   */
  const firstStates = given.snapshot ? states : new Map<string, Found>();
  const listeners = new Set<() => void>();
  // biome-ignore lint/suspicious/noAssignInExpressions: the shorter one
  let told = (notesOf(given.client ?? given.snapshot).told ??= new Set());
  /** Held impressions of the server that were not posted yet. */
  const waiting = new Map<string, readonly [url: string, token: string]>();
  /** The promise of all suspended components. */
  let pending: Promise<void> | undefined;

  const read = (flagKey: string, memory = states): DecisionState => {
    const known = memory.get(flagKey);
    if (known) return known[0];
    const [before, , textBefore] = states.get(flagKey) ?? firstStates.get(flagKey) ?? [];
    const isFirst = memory === firstStates && given.snapshot;
    // A flag that is not in the first snapshot is loading, even without a client: a server often does not have the
    // browser's client.
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
    // `flat`, because anything but a list becomes a list of one.
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
    // Without a user, several changes may follow, after which everything is decided once. Changes of other kinds of
    // contexts, such as test doubles, are not noticed.
    Reflect.set(user, 'sortition.changed' satisfies keyof Followed, () => user && refresh());
  };

  /**
   * Posts held impressions that the client did not record. @param isLeaving Whether the page is being left, so that it
   * cannot wait.
   */
  const post = (isLeaving?: unknown): void => {
    // Servers and React Native do not have this event.
    if (!isLeaving && unreadinessOf(input.client) === LOADING) {
      globalThis.addEventListener?.('pagehide', post);
      return;
    }
    globalThis.removeEventListener?.('pagehide', post);
    const bodies = new Map<string, string>();
    for (const [id, [url, token]] of waiting) {
      // The client may have recorded it in the meantime, or another provider may have posted it.
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

  /** Waits until the client is ready or the time is over, and notifies listeners. Never rejects. */
  const ready = async (): Promise<void> => {
    const { client, timeoutMs = 5_000 } = input;
    const notes = notesOf(client);
    try {
      notes.wait ??= (client as FlagsClient).ready({ timeoutMs });
      await notes.wait;
      // A test double may resolve without being ready, and is not waited for again.
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
        // The user has no id, which the reasons of each decision say.
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
      // A decision that is not current will be rendered again, and is seen then.
      if (state !== current || told.has(id)) return;
      if (own) {
        try {
          user?.trackImpression(own);
          told.add(id);
        } catch {
          // A failing client must not break the page, and may record other decisions.
        }
      } else if (token) {
        waiting.set(id, [impressions.url, token]);
        // Impressions of the same moment are posted together.
        queueMicrotask(post);
      }
    },
    wait(state) {
      const { flagKey } = state.decision;
      // A flag that is not in the first snapshot does not suspend: the server has nothing to wait for.
      if (state.status !== 'loading' || (given.snapshot && firstStates.get(flagKey)?.[0] === state)) return;
      // The server waited as well, so it showed nothing of this flag.
      firstStates.delete(flagKey);
      // Any change may end the wait, such as another client.
      // biome-ignore lint/suspicious/noAssignInExpressions: the shorter one
      throw (pending ??= new Promise<void>((resolve) => {
        listeners.add(resolve);
        ready();
      }));
    },
    set(next) {
      const isOther = next.client !== input.client || next.user?.id !== input.user?.id;
      let isChanged = isOther || next.snapshot !== input.snapshot;
      // The current context may have segments and forced decisions.
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
        // Attributes that cannot be read, or a test double without attributes, must not break the page.
      }
      user = context;
      if (!isChanged) return;
      // A client that is set later does not record impressions that were posted before.
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
        // It is not a client, which the reasons of each decision say.
      }
    },
  };
  return store;
}
