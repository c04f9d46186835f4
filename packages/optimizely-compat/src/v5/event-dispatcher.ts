/** Dispatchers of version 5, which return their response through a callback. */
import type { EventDispatcher } from '../contract/log-event.ts';
import { beaconDispatcher, eventDispatcher as promising } from '../event-dispatchers.ts';
import type { Event } from './listener-payloads.ts';

/** Sends a request with events and tells the callback its status. */
export interface CallbackDispatcher {
  dispatchEvent(event: Event, callback: (response: { statusCode: number }) => void): void;
}

/** A dispatcher of version 5 as one of version 6. */
export function toPromising(dispatcher: CallbackDispatcher): EventDispatcher {
  return {
    dispatchEvent: (event) => new Promise((resolve) => void dispatcher.dispatchEvent(event as Event, resolve)),
  };
}

function toCallback(dispatcher: EventDispatcher): CallbackDispatcher {
  return {
    dispatchEvent(event, callback) {
      dispatcher.dispatchEvent(event).then(
        ({ statusCode = 200 }) => callback({ statusCode }),
        () => undefined,
      );
    },
  };
}

/** Sends events with `fetch`. */
export const eventDispatcher: CallbackDispatcher = /* @__PURE__ */ toCallback(promising);

/** Sends events so that they survive the page. */
export const sendBeaconEventDispatcher: CallbackDispatcher = /* @__PURE__ */ toCallback(beaconDispatcher);
