import {
  amplitudeCookieName,
  generateAmplitudeCookie,
  parseAmplitudeCookie,
  readAmplitudeIdentity,
} from '../../src/index.ts';

const apiKey = '0123456789abcdef'; // of the analytics project, not the deployment key

const name = amplitudeCookieName(apiKey); // 'amp_012345'
const value = generateAmplitudeCookie('device-1'); // 'device-1..........'
parseAmplitudeCookie(value); // { deviceId: 'device-1' }
parseAmplitudeCookie('not a cookie'); // {}

export const identity = readAmplitudeIdentity(`theme=dark; ${name}=${value}`, apiKey);
// { deviceId: 'device-1', format: 'legacy' }
