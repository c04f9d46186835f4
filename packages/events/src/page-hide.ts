/**
 * Delivery when a page is hidden: it may never come back, so queued events are passed to the browser, which sends them
 * without the page. Does nothing outside of pages.
 */
import type { DeliveryLane } from '@sortition/http';
import type { BatchContext, QueuedEvent } from './batch-context.ts';
import { byteLength } from './byte-length.ts';
import { writeBatch } from './log-event.ts';
import type { SinkHosts } from './sink-hosts.ts';

/** Browsers accept 64 KiB of beacons in flight in total; this leaves some for headers and other code. */
const MAX_BEACON_BYTES = 60 * 1_024;

/**
 * Passes the queued events to the browser whenever the page is hidden or left; both events occur for one departure, and
 * pages may come back from the back-forward cache. When a beacon is refused, one request with `keepalive` is sent and
 * the rest stays queued. Returns a function that stops it.
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
      const { log, body } = writeBatch(endpoint, context, items);
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
    return false; // a blocked or broken beacon counts as refused
  }
}
