import { createRemoteClient, variantPayload, variantValue } from '../../src/index.ts';

const client = createRemoteClient('server-deployment-key', { fetchTimeoutMillis: 500, fetchRetries: 1 });

export async function choosePrices(userId: string): Promise<string> {
  const variants = await client.fetch({ user_id: userId, user_properties: { plan: 'pro' } }, { fallback: {} });
  if (variants['new-prices']?.value === 'on') return 'new';
  variantPayload(variants, 'new-prices'); // any JSON, undefined without one
  return variantValue(variants, 'prices', 'old');
}
