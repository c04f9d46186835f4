import { amplitudeSetCookie, readAmplitudeIdentity } from '@sortition/cookies';
import { Hono } from 'hono';
import { createRemoteClient, type RemoteConfig, variantValue } from '../../src/index.ts';

export function createShop(deploymentKey: string, apiKey: string, config?: RemoteConfig): Hono {
  const client = createRemoteClient(deploymentKey, { fetchTimeoutMillis: 500, ...config });
  return new Hono().get('/', async (context) => {
    const cookies = context.req.header('Cookie');
    const { deviceId = crypto.randomUUID(), userId } = readAmplitudeIdentity(cookies, apiKey);
    const variants = await client.fetch({ device_id: deviceId, user_id: userId }, { fallback: {} });
    context.header('Set-Cookie', amplitudeSetCookie({ apiKey, deviceId, cookies }));
    return context.text(variantValue(variants, 'headline', 'Welcome'));
  });
}
