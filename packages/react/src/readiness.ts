/** The readiness and the recorded impressions of a client, shared by all its providers. */
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

/** The shared data of a client or snapshot. */
interface Notes {
  /** Impressions that the client recorded, or that were posted in its place. */
  told?: Set<string>;
  /** The state of a client that is not ready. */
  unready: Unready;
  /** The wait for the client, with the timeout of the first caller. */
  wait?: Promise<void>;
}

/** Why there are no decisions: `error` becomes the reason of decisions that are off. */
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
 * Returns the notes of a client or snapshot; creates them at first. They live as long as the client or snapshot,
 * because components and providers come and go.
 */
export const notesOf = (owner: unknown): Notes => {
  const key = Object(owner);
  return known.get(key) ?? (known.set(key, { unready: LOADING }).get(key) as Notes);
};

/** Returns the state of a client that is missing or not ready. The same object as long as nothing changes. */
export const unreadinessOf = (client: FlagsClient | null | undefined): Unready =>
  Object(client) === client ? notesOf(client).unready : UNDECIDED;
