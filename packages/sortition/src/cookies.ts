/** Amplitude identity cookies, for applications that install `@sortition/cookies` beside `sortition`. */
export {
  type AmplitudeCookie,
  type AmplitudeCookieFormat,
  type AmplitudeIdentity,
  amplitudeCookieName,
  amplitudeSetCookie,
  type CookieAnswer,
  type CookiePreference,
  type CookieSource,
  generateAmplitudeCookie,
  parseAmplitudeCookie,
  readAmplitudeIdentity,
  type SetCookieOptions,
  signCookieValue,
  verifyCookieValue,
} from '@sortition/cookies';
