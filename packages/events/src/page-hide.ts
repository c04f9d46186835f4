/**
 * The last moment of a page: when it is hidden it may never come back, so what is queued is handed to the browser, which
 * sends it without the page. Where there is no page nothing happens.
 */
import type { DeliveryLane } from '@sortition/http';
import type { BatchContext, QueuedEvent } from './batch-context.ts';
import { byteLength } from './byte-length.ts';
import { writeLetter } from './log-event.ts';
import type { SinkHosts } from './sink-hosts.ts';

/** Browsers take 64 KiB of beacons in flight together; the rest is for headers and for others. */
const MAX_BEACON_BYTES = 60 * 1_024;

/**
 * Hands over what the lane holds whenever the page is hidden or left; both happen for one departure, and pages come back
 * from the back-forward cache. After a beacon that is not taken one request that outlives the page is sent, and the rest
 * stays. Returns what ends it.
 */
export function deliverOnPageHide(
  lane: DeliveryLane<BatchContext, QueuedEvent>,
  endpoint: string | undefined,
  hosts: SinkHosts,
): () => void {
  const page = globalThis as Partial<Page>;
  const { document } = page;
  if (document === undefined || page.addEventListener === undefined) return () => undefined;
  const onLeave = (): void => {
    let isRefused = false;
    lane.handOver(({ context, items, isNew }) => {
      if (isRefused) return 'kept';
      const { log, body } = writeLetter(endpoint, context, items);
      if (byteLength(body) > MAX_BEACON_BYTES) return 'too-large';
      isRefused = !sendBeacon(log.url, body);
      if (isRefused) return 'request';
      if (isNew) hosts.logEvent(log);
      return 'taken';
    });
  };
  const onVisibility = (): void => {
    if (document.visibilityState === 'hidden') onLeave();
  };
  document.addEventListener('visibilitychange', onVisibility);
  page.addEventListener('pagehide', onLeave);
  return () => {
    document.removeEventListener('visibilitychange', onVisibility);
    page.removeEventListener?.('pagehide', onLeave);
  };
}

interface Listened {
  addEventListener(type: string, listener: () => void): void;
  removeEventListener(type: string, listener: () => void): void;
}

interface Page extends Listened {
  readonly document: Listened & { readonly visibilityState: string };
}

function sendBeacon(url: string, body: string): boolean {
  const { navigator } = globalThis as { navigator?: { sendBeacon?: (url: string, body: Blob) => boolean } };
  try {
    return navigator?.sendBeacon?.(url, new Blob([body], { type: 'application/json' })) ?? false;
  } catch {
    return false; // a blocked or broken beacon is one that was not taken
  }
}
