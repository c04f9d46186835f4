import { amplitudeSetCookie, readAmplitudeIdentity } from '@sortition/cookies';
import { Hono } from 'hono';
import { createRemoteClient, type RemoteConfig, variantValue } from '../../src/index.ts';

export function createShop(deploymentKey: string, apiKey: string, config?: RemoteConfig): Hono {
  const client = createRemoteClient(deploymentKey, { fetchTimeoutMillis: 500, ...config });
  return new Hono().get('/', async (context) => {
    const cookies = context.req.header('Cookie');
    const { deviceId = crypto.randomUUID(), userId, optOut } = readAmplitudeIdentity(cookies, apiKey);
    const user = { device_id: deviceId, user_id: userId };
    const variants = await client.fetch(user, { tracksAssignment: !optOut, fallback: {} });
    const domain = '.example.com'; // as configured for the browser's SDK
    context.header('Set-Cookie', amplitudeSetCookie({ apiKey, deviceId, cookies, domain }));
    return context.text(variantValue(variants, 'headline', 'Welcome'));
  });
}
