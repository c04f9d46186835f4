/** Where a client stands, shared by all providers that were given it: one wait per client, and one failure. */
import type { FlagsClient } from './flags-client.ts';

/** Whether decisions can be made. */
export type Readiness =
  | { readonly status: 'loading' }
  | { readonly status: 'ready' }
  | {
      /** It may become ready later: the client keeps trying. */
      readonly status: 'failed';
      readonly error: unknown;
    };

/** There are decisions to show. */
export const READY: Readiness = { status: 'ready' };
/** There are none yet. */
export const LOADING: Readiness = { status: 'loading' };

const waits = /* @__PURE__ */ new WeakMap<FlagsClient, Promise<void>>();
const failures = /* @__PURE__ */ new WeakMap<FlagsClient, Readiness>();

/** Where a client stands now. The same object as long as nothing changes. */
export function readinessOf(client: FlagsClient): Readiness {
  return client.isReady ? READY : (failures.get(client) ?? LOADING);
}

/** Resolves when a client is ready or has failed to be in time; the first caller says how long that is. Never rejects. */
export function settle(client: FlagsClient, timeoutMs: number): Promise<void> {
  let wait = waits.get(client);
  if (!wait) {
    // In a function, so that what a foreign client throws is a rejection.
    wait = (async () => client.ready({ timeoutMs }))().catch((error) => {
      failures.set(client, { status: 'failed', error });
    });
    waits.set(client, wait);
  }
  return wait;
}
