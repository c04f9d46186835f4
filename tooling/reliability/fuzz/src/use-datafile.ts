/** Everything an application does with a datafile, for texts that may be anything. */
import { isSdkError } from '@sortition/core';
import { createClient, createStaticConfig } from 'sortition';

const USERS: readonly (readonly [userId: string, attributes: object])[] = [
  ['ada', { plan: 'pro', age: 30, version: '1.2.0', $opt_bucketing_id: 'b' }],
  ['', {}],
];

/**
 * Serves a text if it is a datafile. Answers whether it is one.
 *
 * @throws whatever else than a refusal escapes, which nothing may.
 */
export function useDatafile(text: string): boolean {
  let config: ReturnType<typeof createStaticConfig>;
  try {
    config = createStaticConfig({ datafile: text });
  } catch (error) {
    if (isSdkError(error) && error.code === 'invalid-datafile') return false;
    throw error;
  }
  const client = createClient({ config, events: { record: () => undefined }, logger: false });
  const info = client.getProjectInfo();
  for (const [userId, attributes] of USERS) {
    const user = client.createUserContext(userId, attributes);
    user.qualifiedSegments = ['vip'];
    const decisions = user.decideAll(['INCLUDE_REASONS']);
    JSON.stringify(decisions);
    for (const flagKey of Object.keys(decisions)) JSON.stringify(user.explain(flagKey));
    for (const eventKey of Object.keys(info?.events ?? {})) user.trackEvent(eventKey, { revenue: 1 });
  }
  return true;
}
