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

/** Impressions by user, flag and variation: `0` for one that was recorded, or what a server holds of one that waits for that. */
export type Told = Map<string, 0 | HeldByServer>;

/** An impression that is posted unless the client records it. `store` is that of the provider that knows whether it will. */
export type HeldByServer = readonly [url: string, token: string, store: object];

/** What is known of a client, or of a snapshot without one. */
interface Notes {
  readonly told: Told;
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
  error: 'FlagsProvider has no client, and no snapshot with this flag.',
};

const known = /* @__PURE__ */ new WeakMap<object, Notes>();

/**
 * Returns the notes of a client or snapshot. They live as long as it does: components and providers come and go.
 *
 * @param told What was told before there were notes, as of a snapshot whose client comes later.
 */
export const notesOf = (owner: object, told: Told = new Map()): Notes =>
  known.get(owner) ?? (known.set(owner, { told, unready: LOADING }).get(owner) as Notes);

/** Where a client stands that is not ready, or is not there. The same object as long as nothing changes. */
export const unreadinessOf = (client: FlagsClient | null | undefined): Unready =>
  Object(client) === client ? (known.get(client as FlagsClient)?.unready ?? LOADING) : UNDECIDED;
