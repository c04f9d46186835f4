/** Everything an application asks of a client, one call after the other. */
import { isSdkError } from '@sortition/core';
import { type ClientOptions, createClient } from 'sortition';

/**
 * Uses a client over whatever parts, from creation to close.
 *
 * @throws whatever escapes, but for the refusals that are documented.
 */
export async function useClient(options: ClientOptions): Promise<void> {
  const client = createOrRefuse(options);
  if (client === null) return;
  for (const event of ['decision', 'track', 'log-event', 'config-update', 'problem'] as const) {
    client.on(event, () => Promise.reject(new Error('a listener')));
  }
  await client.ready({ timeoutMs: 20 }).catch((error: unknown) => {
    if (!isSdkError(error)) throw error;
  });
  const user = client.createUserContext('ada', { plan: 'pro' });
  await user.load({ timeoutMs: 20 });
  await user.fetchQualifiedSegments({ timeoutMs: 20 });
  await user.fetchQualifiedSegments({ use: ['RESET_CACHE'], timeoutMs: 20 }, () => {
    throw new Error('a callback');
  });
  user.decide('flag', ['INCLUDE_REASONS']);
  user.decideAll();
  user.explain('flag');
  user.trackEvent('purchase', { revenue: 1 });
  user.trackImpression(user.decide('flag', ['DISABLE_DECISION_EVENT']));
  client.sendOdpEvent({ action: 'viewed', identifiers: { email: 'a@example.com' } });
  await user.decideAsync('flag', ['RESET_CMAB_CACHE']);
  await user.decideAllAsync();
  client.stats();
  client.getProjectInfo();
  await client.flush({ timeoutMs: 20 });
  await client.close({ timeoutMs: 20 });
  user.decide('flag');
  user.trackEvent('purchase');
}

/** A part that does not even have the right shape may be refused, by name and at once. */
function createOrRefuse(options: ClientOptions) {
  try {
    return createClient(options);
  } catch (error) {
    if (isSdkError(error) && error.code === 'invalid-option') return null;
    throw error;
  }
}
