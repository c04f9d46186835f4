/**
 * The life of a provider: what its client does, told as provider events.
 *
 * Ready when there is a config; stale when fetching the datafile has failed for too long, ready again when it works; a new
 * config is a configuration change that names the flags it may change.
 */
import { type Client, configFailingMs, projectConfig } from 'sortition';
import { changedAddresses } from './changed-addresses.ts';
import type { ProviderSettings } from './provider-options.ts';

/** The events a provider sends, by the names that both SDKs use. */
export type LifecycleEvent = 'PROVIDER_READY' | 'PROVIDER_STALE' | 'PROVIDER_CONFIGURATION_CHANGED';

/** What an event says beside its name. */
export interface LifecycleDetails {
  readonly message?: string;
  readonly flagsChanged?: string[];
}

/** What a provider does with its client beside evaluating. */
export interface ProviderLifecycle {
  /** Resolves when there is a config; rejects with the client's `not-ready`. */
  initialize(): Promise<void>;
  /** Stops listening, then closes the client, or flushes one that is borrowed. Never rejects. */
  close(): Promise<void>;
}

/** How often a stale provider looks whether fetching works again. */
const STALE_CHECK_MS = 5_000;

/** The longest wait of a timer; one that is asked for more waits a millisecond. */
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

  /** Asks the client for how long fetching has failed; while it does, looks again later. */
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
        // Until there is a config the events are the SDK's own: it tells of a promise that rejects.
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
