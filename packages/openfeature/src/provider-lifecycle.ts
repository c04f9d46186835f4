/**
 * The lifecycle of a provider: turns changes of its client into provider events.
 *
 * Ready when there is a config; stale when fetching the datafile has failed for too long, ready again when fetching
 * works; a new config is a configuration change that names the flags it may change.
 */
import { type Client, configFailingMs, projectConfig } from 'sortition';
import { changedAddresses } from './changed-addresses.ts';
import type { ProviderSettings } from './provider-options.ts';

/** The events a provider sends, by the names that both SDKs use. */
export type LifecycleEvent = 'PROVIDER_READY' | 'PROVIDER_STALE' | 'PROVIDER_CONFIGURATION_CHANGED';

/** The details of an event. */
export interface LifecycleDetails {
  readonly message?: string;
  readonly flagsChanged?: string[];
}

/** The lifecycle of a provider. */
export interface ProviderLifecycle {
  /** Resolves when there is a config; rejects with the client's `not-ready`. */
  initialize(): Promise<void>;
  /** Stops listening, then closes the client, or only flushes it without `ownsClient`. Never rejects. */
  close(): Promise<void>;
}

/** How often a stale provider checks whether fetching works again. */
const STALE_CHECK_MS = 5_000;

/** The longest delay of a timer; with a longer one it fires after a millisecond. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/** @param emit Sends an event to OpenFeature. */
export function createProviderLifecycle(
  client: Client,
  { ownsClient, staleAfterMs }: ProviderSettings,
  emit: (event: LifecycleEvent, details?: LifecycleDetails) => void,
): ProviderLifecycle {
  let listeners: (() => void)[] = [];
  let config = projectConfig(client);
  let isStale = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  /** Checks for how long fetching has failed; while it fails, checks again later. */
  const checkAge = (): void => {
    clearTimeout(timer);
    const failingMs = configFailingMs(client);
    const wasStale = isStale;
    isStale = failingMs >= staleAfterMs;
    if (isStale && !wasStale) {
      emit('PROVIDER_STALE', {
        message: `Fetching the datafile has failed for ${Math.round(failingMs / 1_000)} s; the last config stays in use.`,
      });
    } else if (wasStale && !isStale) emit('PROVIDER_READY', { message: 'Fetching the datafile works again.' });
    if (failingMs === 0) return;
    const delayMs = isStale ? Math.min(STALE_CHECK_MS, staleAfterMs) : staleAfterMs - failingMs;
    timer = setTimeout(checkAge, Math.min(delayMs, MAX_DELAY_MS));
    // A provider does not keep a process alive.
    (timer as { unref?(): void }).unref?.();
  };
  const tellChange = (): void => {
    const previous = config;
    config = projectConfig(client);
    if (config === null) return;
    if (previous === null) emit('PROVIDER_READY');
    else emit('PROVIDER_CONFIGURATION_CHANGED', { flagsChanged: changedAddresses(previous, config) });
    checkAge();
  };
  const listen = (): void => {
    if (listeners.length > 0) return;
    config = projectConfig(client);
    listeners = [
      client.on('config-update', tellChange),
      client.on('problem', ({ part }) => {
        if (part === 'config') checkAge();
      }),
    ];
  };
  return {
    async initialize() {
      if (!client.isReady) {
        // Until there is a config the SDK emits the events itself, from the result of `initialize`.
        try {
          await client.ready();
        } catch (error) {
          listen();
          throw error;
        }
      }
      listen();
      checkAge();
    },
    async close() {
      clearTimeout(timer);
      for (const leave of listeners) leave();
      listeners = [];
      await (ownsClient ? client.close() : client.flush());
    },
  };
}
