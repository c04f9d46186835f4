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

/** What is known of a client, or of a snapshot. */
interface Notes {
  /** Impressions that the client recorded, or that were posted in its place. */
  told?: Set<string>;
  /** Where a client stands that is not ready. */
  unready: Unready;
  /** The wait for the client. The first caller says how long it is. */
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
  error: 'FlagsProvider has no client and no snapshot of this flag.',
};

const known = /* @__PURE__ */ new WeakMap<object, Notes>();

/**
 * Returns the notes of a client or snapshot, new ones where there is none. They live as long as it does: components and providers
 * come and go.
 */
export const notesOf = (owner: unknown): Notes => {
  const key = Object(owner);
  return known.get(key) ?? (known.set(key, { unready: LOADING }).get(key) as Notes);
};

/** Where a client stands that is not ready, or is not there. The same object as long as nothing changes. */
export const unreadinessOf = (client: FlagsClient | null | undefined): Unready =>
  Object(client) === client ? notesOf(client).unready : UNDECIDED;
