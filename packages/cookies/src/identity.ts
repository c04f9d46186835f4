/**
 * What an Amplitude identity cookie can say, whichever of the two formats it is written in.
 *
 * Cookies are controlled by their senders: an id is taken only as a text that can be stored, logged and sent on
 * without surprises, and everything else counts as absent.
 */

/** The formats of the service's own browser SDKs: `legacy` writes `amp_…`, `browser-2` (Browser SDK 1 and 2) `AMP_…`. */
export type AmplitudeCookieFormat = 'legacy' | 'browser-2';

/** The fields of an identity cookie. Absent fields were not in the cookie or were not usable. */
export interface AmplitudeCookie {
  /** 1 to 512 characters without control characters, like all texts here. */
  deviceId?: string;
  /** The user id that the page has set. Not authenticated: see the README. */
  userId?: string;
  /** `true`: the user asked not to be tracked. */
  optOut?: boolean;
  /** Start of the session, milliseconds since the epoch. */
  sessionId?: number;
  /** Milliseconds since the epoch. */
  lastEventTime?: number;
  lastEventId?: number;
  /** Legacy format only. */
  identifyId?: number;
  /** Legacy format only. */
  sequenceNumber?: number;
  /** `browser-2` only, like the fields below. */
  pageCounter?: number;
  deferredSessionId?: number;
  debugLogsEnabled?: boolean;
  /** The `Domain` attribute with which the browser's SDK wrote the cookie. */
  cookieDomain?: string;
}

/**
 * No control characters and no lone surrogates, which cookies cannot encode. Written as ranges, because Hermes (React
 * Native up to 0.73) does not support classes such as `\p{Cc}`.
 */
const USABLE_TEXT = /^(?:[ -~\xa0-\ud7ff\ue000-\uffff]|[\ud800-\udbff][\udc00-\udfff]){1,512}$/;

const isText = (value: unknown): boolean => typeof value === 'string' && USABLE_TEXT.test(value);
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
const isFlag = (value: unknown): boolean => typeof value === 'boolean';

/** The check of each field. */
const FIELDS: { readonly [name in keyof AmplitudeCookie]-?: (value: unknown) => boolean } = {
  deviceId: isText,
  userId: isText,
  optOut: isFlag,
  sessionId: isCount,
  lastEventTime: isCount,
  lastEventId: isCount,
  identifyId: isCount,
  sequenceNumber: isCount,
  pageCounter: isCount,
  deferredSessionId: isCount,
  debugLogsEnabled: isFlag,
  cookieDomain: isText,
};

/** Copies the valid known fields, in the order of `source`. */
export function pickFields(source: object): AmplitudeCookie {
  const known = Object.entries(source).flatMap(([name, value]) => {
    if (!Object.hasOwn(FIELDS, name) || value == null) return [];
    if (name === 'optOut') return [[name, saysYes(value)]];
    return FIELDS[name as keyof AmplitudeCookie](value) ? [[name, value]] : [];
  });
  return Object.fromEntries(known);
}

/** `1` and `"true"` count as an opt-out: when a value is ambiguous, the visitor is not tracked. */
function saysYes(value: unknown): boolean {
  return typeof value === 'string' ? !/^(false|0)?$/i.test(value) : Boolean(value);
}
