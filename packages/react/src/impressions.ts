/**
 * Impressions of what is on the screen: one per user, flag and variation.
 *
 * Components say what they show after they were committed. What is recorded is remembered with the client, and not with the
 * component or the provider: those come and go.
 */
import type { DecisionState } from './decision-state.ts';
import type { FlagsUser } from './flags-client.ts';
import type { FlagsInput } from './flags-input.ts';
import { postToken } from './post-tokens.ts';
import { readinessOf } from './readiness.ts';

/** Where decisions come from. */
export interface ImpressionSource {
  /** Where what was told is remembered besides the client. */
  readonly memory: object;
  input(): FlagsInput;
  /** The decision of the moment. */
  current(flagKey: string): DecisionState;
  /** The client's own decision behind it, with the user it was made for; none while the snapshot is shown. */
  decided(flagKey: string): { readonly decision: DecisionState['decision']; readonly user: FlagsUser } | undefined;
}

/** The impressions of a provider. */
export interface Impressions {
  /**
   * Says that a decision is on the screen. Returns what says that it no longer is.
   *
   * @param state The one that was rendered; whichever is the current one when absent.
   */
  show(flagKey: string, state?: DecisionState): () => void;
  /** Records what is shown and was not recorded. */
  flush(): void;
  /** Tells what is shown from the snapshot without waiting for the client, because it is about to go. */
  leave(flagKey?: string): void;
}

const memories = /* @__PURE__ */ new WeakMap<object, Set<string>>();

/** Creates the impressions of a provider. */
export function createImpressions(source: ImpressionSource): Impressions {
  const shown = new Set<{ readonly flagKey: string; readonly state: DecisionState | undefined }>();

  const tell = (flagKey: string, state: DecisionState, mayWait: boolean): void => {
    const { client, snapshot, user } = source.input();
    if (state.status !== 'ready') return;
    const decided = mayWait ? source.decided(flagKey) : undefined;
    const userId = decided?.user.userId ?? user?.id;
    const id = JSON.stringify([userId, flagKey, state.decision.variationKey]);
    const known = [source.memory, ...(client ? [client] : [])].map(memoryOf);
    if (known.some((ids) => ids.has(id))) return;
    const { url = '', tokens = {} } = snapshot?.impressions ?? {};
    const token = tokens[flagKey];
    if (decided) decided.user.trackImpression(decided.decision);
    else if (token && !(mayWait && client && readinessOf(client).status !== 'failed')) postToken(url, token);
    else return;
    for (const ids of known) ids.add(id);
  };

  const tellAll = (mayWait: boolean, flagKey?: string): void => {
    for (const entry of shown) {
      const current = source.current(entry.flagKey);
      const isCurrent = !entry.state || entry.state === current;
      if (isCurrent && (!flagKey || flagKey === entry.flagKey)) tell(entry.flagKey, current, mayWait);
    }
  };

  return {
    show(flagKey, state) {
      const entry = { flagKey, state };
      shown.add(entry);
      tellAll(true, flagKey);
      return () => shown.delete(entry);
    },
    flush: () => tellAll(true),
    leave: (flagKey) => tellAll(false, flagKey),
  };
}

function memoryOf(owner: object): Set<string> {
  let memory = memories.get(owner);
  if (!memory) {
    memory = new Set();
    memories.set(owner, memory);
  }
  return memory;
}
