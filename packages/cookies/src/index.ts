/** Amplitude identity cookies: names, reading, writing. */
export { amplitudeCookieName, generateAmplitudeCookie, parseAmplitudeCookie } from './amplitude-cookie.ts';
export { type AmplitudeIdentity, type CookiePreference, readAmplitudeIdentity } from './amplitude-identity.ts';
export { amplitudeSetCookie, type SetCookieOptions } from './amplitude-set-cookie.ts';
export type { CookieAnswer, CookieSource } from './cookie-source.ts';
export type { AmplitudeCookie, AmplitudeCookieFormat } from './identity.ts';
export { signCookieValue, verifyCookieValue } from './signed-value.ts';
