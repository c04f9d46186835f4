/**
 * The last moment of a page: when it is hidden it may never come back, so what is queued is handed to the browser, which
 * sends it without the page. Where there is no page nothing happens.
 */

/** Sends a body without waiting for an answer; `false`: it was not taken. */
type SendBeacon = (url: string, body: string) => boolean;

/** Browsers take 64 KiB of beacons in flight together; the rest is for headers and for others. */
const MAX_BEACON_BYTES = 60 * 1_024;

/**
 * Calls `deliver` whenever the page is hidden or left; both happen for one departure, and pages come back from the
 * back-forward cache, so it has to bear repetition. Returns what ends it.
 */
export function deliverOnPageHide(deliver: (maxBytes: number, send: SendBeacon) => void): () => void {
  const page = globalThis as Partial<Page>;
  const { document } = page;
  if (document === undefined || page.addEventListener === undefined) return () => undefined;
  const onLeave = (): void => deliver(MAX_BEACON_BYTES, sendBeacon);
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
