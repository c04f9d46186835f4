import { createCachedRemoteClient, createRemoteClient } from '../../src/index.ts';

const client = createCachedRemoteClient(createRemoteClient('server-deployment-key'), {
  ttlMs: 30_000,
  staleMs: 300_000,
  maxEntries: 50_000,
  userKey: ({ user_id, device_id }) => JSON.stringify([user_id, device_id]),
});

export const fetchVariants = (userId: string) => client.fetch({ user_id: userId }, { fallback: {} });
