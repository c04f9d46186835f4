import { createMiddleware } from 'hono/factory';
import { amplitudeSetCookie, readAmplitudeIdentity } from '../../src/index.ts';

export const ensureDeviceId = (apiKey: string) =>
  createMiddleware<{ Variables: { deviceId: string } }>(async (context, next) => {
    const cookies = context.req.header('Cookie');
    const known = readAmplitudeIdentity(cookies, apiKey).deviceId;
    const deviceId = known ?? crypto.randomUUID();
    if (known === undefined) {
      const domain = '.example.com'; // as configured for the browser's SDK
      context.header('Set-Cookie', amplitudeSetCookie({ apiKey, deviceId, cookies, domain }), { append: true });
    }
    context.set('deviceId', deviceId);
    await next();
  });
