import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';
import { amplitudeSetCookie, readAmplitudeIdentity } from '../../src/index.ts';

export function ensureDeviceId(apiKey: string): RequestHandler {
  return (request, response, next) => {
    const cookies = request.headers.cookie;
    const known = readAmplitudeIdentity(cookies, apiKey).deviceId;
    const deviceId = known ?? randomUUID();
    if (known === undefined) {
      const domain = '.example.com'; // as configured for the browser's SDK
      response.append('Set-Cookie', amplitudeSetCookie({ apiKey, deviceId, cookies, domain }));
    }
    response.locals.deviceId = deviceId;
    next();
  };
}
