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
  unready: Readiness;
  /** Ends when the client is ready or has failed. */
  wait?: Promise<void>;
}

/** There are decisions to show. */
export const READY: Readiness = { status: 'ready' };
export const LOADING: Readiness = { status: 'loading' };
const UNDECIDED: Readiness = {
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

/** Where a client stands now. The same object as long as nothing changes. */
export function readinessOf(client: FlagsClient | null | undefined): Readiness {
  if (!client) return UNDECIDED;
  return client.isReady ? READY : notesOf(client).unready;
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
