import { randomUUID } from 'node:crypto';
import { amplitudeSetCookie, readAmplitudeIdentity } from '@sortition/cookies';
import express, { type Express } from 'express';
import { createRemoteClient, type RemoteConfig, variantValue } from '../../src/index.ts';

/** @param apiKey Of the analytics project, whose cookie it is; the deployment key belongs to the experiments. */
export function createShop(deploymentKey: string, apiKey: string, config?: RemoteConfig): Express {
  const client = createRemoteClient(deploymentKey, { fetchTimeoutMillis: 500, ...config });
  return express().get('/', async (request, response) => {
    const cookies = request.headers.cookie;
    const { deviceId = randomUUID(), userId, optOut } = readAmplitudeIdentity(cookies, apiKey);
    const user = { device_id: deviceId, user_id: userId };
    const variants = await client.fetch(user, { tracksAssignment: !optOut, fallback: {} });
    const domain = '.example.com'; // as configured for the browser's SDK
    response.append('Set-Cookie', amplitudeSetCookie({ apiKey, deviceId, cookies, domain }));
    response.send(variantValue(variants, 'headline', 'Welcome'));
  });
}
