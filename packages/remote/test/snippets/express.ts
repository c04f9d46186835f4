import { randomUUID } from 'node:crypto';
import { amplitudeSetCookie, readAmplitudeIdentity } from '@sortition/cookies';
import express, { type Express } from 'express';
import { createRemoteClient, type RemoteConfig, variantValue } from '../../src/index.ts';

/** @param apiKey Of the analytics project, whose cookie it is; the deployment key is the experiments'. */
export function createShop(deploymentKey: string, apiKey: string, config?: RemoteConfig): Express {
  const client = createRemoteClient(deploymentKey, { fetchTimeoutMillis: 500, ...config });
  return express().get('/', async (request, response) => {
    const cookies = request.headers.cookie;
    const { deviceId = randomUUID(), userId } = readAmplitudeIdentity(cookies, apiKey);
    const variants = await client.fetch({ device_id: deviceId, user_id: userId }, { fallback: {} });
    response.append('Set-Cookie', amplitudeSetCookie({ apiKey, deviceId, cookies }));
    response.send(variantValue(variants, 'headline', 'Welcome'));
  });
}
