/**
 * The `amp_…` cookie: fields joined by dots and not escaped. Device id, base64 of the user id, opt-out, then times and
 * counters in base 32.
 */
import { decodeBase64, encodeBase64 } from './base64.ts';
import { type AmplitudeCookie, pickFields } from './identity.ts';

/** Fields from the fourth position on; 0 stands for none. */
const NUMBERS = ['sessionId', 'lastEventTime', 'lastEventId', 'identifyId', 'sequenceNumber'] as const;

/** The service's own writers end with this many fields; its readers ignore the spare ones. */
const FIELD_COUNT = 11;

/** Characters that a cookie value may have, except `.`, which separates fields, and `%`, which some readers decode. */
const WRITABLE_ID = /^[!#$&-+\-/-:<-[\]-~]+$/;

/** Reads a value; invalid fields are left out. */
export function parseLegacy(value: string): AmplitudeCookie {
  const [deviceId, userId = '', optOut, ...numbers] = value.split('.');
  return pickFields({
    deviceId,
    userId: decodeBase64(userId),
    // In the browser's SDK any text here is an opt-out.
    optOut: optOut ? true : undefined,
    ...Object.fromEntries(NUMBERS.map((name, index) => [name, Number.parseInt(numbers[index] ?? '', 32) || undefined])),
  });
}

/** Writes a value; `undefined` when the device id cannot be written in this format. */
export function formatLegacy(cookie: AmplitudeCookie): string | undefined {
  if (!WRITABLE_ID.test(cookie.deviceId ?? '')) return undefined;
  const fields = [
    cookie.deviceId,
    encodeBase64(cookie.userId ?? ''),
    cookie.optOut && 1,
    ...NUMBERS.map((name) => cookie[name]?.toString(32)),
  ];
  fields.length = FIELD_COUNT;
  return fields.join('.');
}
