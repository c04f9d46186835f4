/** What is known of a client besides its decisions, shared by all providers that were given it. */
import type { FlagsClient } from './flags-client.ts';

/** Whether there are decisions. */
export type Readiness =
  | { readonly status: 'loading' }
  | { readonly status: 'ready' }
  | {
      /** It may become ready later: the client keeps trying. */
      readonly status: 'failed';
      readonly error: unknown;
    };

/** What is known of a client, or of a snapshot without one. */
interface Notes {
  /** The impressions that were recorded. */
  readonly told: Set<string>;
  /** Where a client stands that is not ready. */
  unready: Unready;
  /** Ends when the client is ready or has failed. */
  wait?: Promise<void>;
}

/** Why there are no decisions: `error` becomes the reason of those that are off. */
export interface Unready {
  readonly status: 'loading' | 'failed';
  readonly error: unknown;
}

export const LOADING: Unready = { status: 'loading', error: 'The client is not ready.' };
const UNDECIDED: Unready = {
  status: 'failed',
  error: 'FlagsProvider has no client, and no snapshot with this flag.',
};
const TIMEOUT_MS = 5_000;

const known = /* @__PURE__ */ new WeakMap<object, Notes>();

/** Returns the notes of a client or snapshot. They live as long as it does: components and providers come and go. */
export function notesOf(owner: object): Notes {
  const notes = known.get(owner) ?? { told: new Set(), unready: LOADING };
  known.set(owner, notes);
  return notes;
}

/** Where a client stands that is not ready, or is not there. The same object as long as nothing changes. */
export function unreadinessOf(client: FlagsClient | null | undefined): Unready {
  return client ? notesOf(client).unready : UNDECIDED;
}

/** Resolves when a client is ready or has failed to be in time; the first caller says how long that is. Never rejects. */
export function settle(client: FlagsClient, timeoutMs: number = TIMEOUT_MS): Promise<void> {
  const notes = notesOf(client);
  // In a function, so that what a foreign client throws is a rejection.
  notes.wait ??= (async () => client.ready({ timeoutMs }))().catch((error) => {
    notes.unready = { status: 'failed', error };
  });
  return notes.wait;
}
