/**
 * What a provider knows: the decisions of the moment, for one client and user, as an external store of React.
 *
 * A decision is made when it is read, and kept until something it may depend on changes. Then it is made again, and replaced
 * only when it differs: components that read the same object are left alone.
 */
import { onUserChange } from '@sortition/client/internal';
import type { DecisionState, OffDecision } from './decision-state.ts';
import type { FlagsClient, FlagsUser } from './flags-client.ts';
import type { FlagsInput } from './flags-input.ts';
import { createImpressions, type Impressions } from './impressions.ts';
import { LOADING, READY, type Readiness, readinessOf, settle } from './readiness.ts';

/** The decisions of a provider. */
export interface FlagsStore extends Pick<Impressions, 'show'> {
  /** Where impressions are remembered; providers inside of one another share it. */
  readonly memory: object;
  input(): FlagsInput;
  subscribe(listener: () => void): () => void;
  read(flagKey: string): DecisionState;
  /** The decision of the first render, which the server made too. */
  readFirst(flagKey: string): DecisionState;
  readiness(): Readiness;
  /** Of the first render. */
  firstReadiness(): Readiness;
  /** `null` while there is no client, or it cannot make one yet. */
  user(): FlagsUser | null;
  /** Resolves when what is loading no longer is. */
  settled(): Promise<void>;
  /** Takes what the provider is given now, and tells the components whose decision changed. */
  give(input: FlagsInput): void;
  /** From the first commit on: the client takes over from the snapshot, and is followed. Returns what ends that. */
  connect(client: FlagsInput['client']): () => void;
}

const HELD = ['DISABLE_DECISION_EVENT'] as const;
const NO_SOURCE = 'There is no client and no snapshot: give FlagsProvider one of them.';
const UNDECIDED: Readiness = { status: 'failed', error: NO_SOURCE };

/** Creates the store of one provider. Does nothing before something is read. */
export function createFlagsStore(given: FlagsInput, parent?: FlagsStore | null): FlagsStore {
  let input = given;
  let user: FlagsUser | null = null;
  let isMounted = false;
  /** Several changes are on their way, after which everything is decided once. */
  let isGiving = false;
  const listeners = new Set<() => void>();
  const states = new Map<string, DecisionState>();
  const firstStates = new Map<string, DecisionState>();
  /** Flag key to the client's decision behind a state. */
  const decided = new Map<string, { decision: DecisionState['decision']; user: FlagsUser }>();
  const memory = parent?.memory ?? given.snapshot ?? {};

  /** Before the first commit the snapshot is shown, whatever the client says: the server had nothing else. */
  const readyClient = (): FlagsClient | null | undefined =>
    (isMounted || !input.snapshot) && input.client?.isReady ? input.client : null;

  const userOf = (client: FlagsClient): FlagsUser => {
    if (!user) {
      user = client.createUserContext(input.user?.id, { ...input.user?.attributes });
      onUserChange(user, refresh);
    }
    return user;
  };

  const decide = (flagKey: string): DecisionState =>
    attempt(flagKey, () => {
      const client = readyClient();
      decided.delete(flagKey);
      if (!client) return fromSnapshot(flagKey, input, input.client && readinessOf(input.client));
      const decision = userOf(client).decide(flagKey, HELD) as DecisionState['decision'];
      decided.set(flagKey, { decision, user: userOf(client) });
      return { status: 'ready', decision } as DecisionState;
    });

  const read = (flagKey: string): DecisionState => {
    let state = states.get(flagKey);
    if (!state) {
      state = keep(firstStates.get(flagKey), decide(flagKey));
      states.set(flagKey, state);
    }
    return state;
  };

  const impressions = createImpressions({
    memory,
    input: () => input,
    current: read,
    decided: (flagKey) => decided.get(flagKey),
  });

  const refresh = (): void => {
    if (isGiving) return;
    for (const [flagKey, before] of states) {
      const now = keep(before, decide(flagKey));
      if (now === before) continue;
      impressions.leave(flagKey);
      states.set(flagKey, now);
    }
    for (const listener of listeners) listener();
    impressions.flush();
  };

  const readiness = (): Readiness => {
    if (input.snapshot) return READY;
    return input.client ? readinessOf(input.client) : UNDECIDED;
  };

  return {
    memory,
    show: impressions.show,
    input: () => input,
    read,
    readiness,
    firstReadiness: () => (given.snapshot ? READY : readiness()),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    readFirst(flagKey) {
      if (!given.snapshot) return read(flagKey);
      let state = firstStates.get(flagKey);
      if (!state) {
        // What the snapshot does not have is loading, with or without a client: a server often has none of the browser's.
        const first = attempt(flagKey, () => fromSnapshot(flagKey, given, LOADING));
        state = keep(states.get(flagKey), first);
        firstStates.set(flagKey, state);
      }
      return state;
    },
    user() {
      try {
        return input.client?.isReady ? userOf(input.client) : null;
      } catch {
        return null; // each decision says why
      }
    },
    async settled() {
      if (input.client) await settle(input.client, input.timeoutMs);
      refresh();
    },
    give(next) {
      const before = input;
      const isSameUser = next.client === before.client && next.user?.id === before.user?.id;
      const old = before.user?.attributes ?? {};
      const attributes = next.user?.attributes ?? {};
      const changed = Object.keys({ ...old, ...attributes }).filter((key) => old[key] !== attributes[key]);
      input = next;
      if (isSameUser && next.snapshot === before.snapshot && changed.length === 0) return;
      // With other attributes a user keeps their context, which may hold segments and forced decisions.
      isGiving = true;
      if (isSameUser) for (const key of changed) user?.setAttribute(key, attributes[key]);
      else user = null;
      isGiving = false;
      refresh();
    },
    connect(client) {
      isMounted = true;
      let disconnect: (() => void) | undefined;
      if (client) {
        settle(client, input.timeoutMs).then(refresh);
        try {
          disconnect = client.on('config-update', refresh);
        } catch {
          // Not a client, which each decision says.
        }
      }
      refresh();
      const leave = (): void => impressions.leave();
      addEventListener('pagehide', leave);
      return () => {
        disconnect?.();
        removeEventListener('pagehide', leave);
      };
    },
  };
}

/** @param client Where the client stands; absent without one. */
function fromSnapshot(flagKey: string, { snapshot }: FlagsInput, client: Readiness | null | undefined): DecisionState {
  const held = snapshot?.decisions.find((decision) => decision.flagKey === flagKey);
  if (held) return { status: 'ready', decision: { ...held, reasons: [] } } as DecisionState;
  if (client?.status === 'failed') throw client.error;
  if (client) return { status: 'loading', decision: off(flagKey, 'The client is not ready.') };
  throw new Error(snapshot ? `No decision for flag "${flagKey}" in the snapshot.` : NO_SOURCE);
}

/** A page is not broken by flags: what goes wrong is the off state, and a reason. */
function attempt(flagKey: string, decide: () => DecisionState): DecisionState {
  try {
    return decide();
  } catch (error) {
    return { status: 'failed', decision: off(flagKey, String(error)) };
  }
}

function off(flagKey: string, reason: string): OffDecision {
  return { variationKey: null, enabled: false, variables: {}, ruleKey: null, flagKey, reasons: [reason] };
}

/** Returns the older of two states unless they differ in something a component may show. */
function keep(before: DecisionState | undefined, now: DecisionState): DecisionState {
  return before && describe(before) === describe(now) ? before : now;
}

function describe({ status, decision: { variationKey, enabled, variables, ruleKey } }: DecisionState): string {
  return JSON.stringify([status, variationKey, enabled, variables, ruleKey]);
}
