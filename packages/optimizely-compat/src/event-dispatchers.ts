/** Dispatchers: how requests with events are sent. */
import { requestStatus } from '@sortition/http';
import type { EventDispatcher } from './contract/log-event.ts';

const TIMEOUT_MS = 60_000;

/** Sends events with `fetch`. */
export const eventDispatcher: EventDispatcher = {
  async dispatchEvent({ url, httpVerb, params }) {
    if (httpVerb !== 'POST') throw new Error('Only POST requests are supported');
    const { status } = await requestStatus({
      url,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(params),
      timeoutMs: TIMEOUT_MS,
    });
    return { statusCode: status };
  },
};

/** Sends events with a beacon, which survives the page; rejects when the browser does not accept them. */
export const beaconDispatcher: EventDispatcher = {
  async dispatchEvent({ url, params }) {
    const { navigator } = globalThis as { navigator?: { sendBeacon?(url: string, body: Blob): boolean } };
    const body = new Blob([JSON.stringify(params)], { type: 'application/json' });
    if (navigator?.sendBeacon?.(url, body) !== true) throw new Error('sendBeacon failed');
    return {};
  },
};

/**
 * Adapts a dispatcher to `fetch`, which the batching sink of `@sortition/events` uses to send.
 *
 * @param choose Called for each request.
 */
export function toFetch(choose: () => EventDispatcher): typeof fetch {
  return async (url, init) => {
    const params = JSON.parse(String(init?.body)) as never;
    const { statusCode } = (await choose().dispatchEvent({ url: String(url), httpVerb: 'POST', params })) ?? {};
    // A response without a status, or a redirect that was not followed, counts as a success.
    const status = statusCode === undefined || (statusCode >= 300 && statusCode < 400) ? 204 : statusCode;
    return { status, type: 'default', url: '', headers: { get: () => null }, body: null } as unknown as Response;
  };
}
