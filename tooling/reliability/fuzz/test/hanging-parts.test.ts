/**
 * A script that awaits nothing but one call, while the part behind it hangs without a socket: nothing but the deadline of the call
 * keeps its process alive. Node ends a process whose only work is a promise with the exit code 13 and without a word.
 */
import { startChild } from '@sortition/rig';
import { expect, onTestFinished, test } from 'vitest';

const IMPORTS = `
  import { createClient, createPollingConfig, createBatchEvents, createStaticConfig } from 'sortition';
  import { createRemoteClient } from '@sortition/remote';
  import { createOdp } from '@sortition/odp';
  import { createCmabSource } from '@sortition/cmab';
  import { createRedisProfileStore } from '@sortition/profile-redis';
  import { createRedisSegmentCache } from '@sortition/odp-redis';
  import { createDatafile } from '../../load/src/project.ts';
  const hang = () => new Promise(() => undefined);
  const datafile = createDatafile();
  const vip = ['or', { type: 'third_party_dimension', name: 'odp.audiences', match: 'qualified', value: 'vip' }];
  const segments = { ...datafile, typedAudiences: [{ id: '9', name: 'vip', conditions: vip }] };
  const client = (options) => createClient({
    config: createStaticConfig({ datafile }), events: null, logger: false, ...options,
  });
  const user = (options) => client(options).createUserContext('ada');
`;

test.each([
  [
    'segments of a platform',
    `user({
       config: createStaticConfig({ datafile: segments }),
       odp: createOdp({ fetch: hang, segmentsTimeoutMs: 300 }),
     }).fetchQualifiedSegments()`,
  ],
  [
    'segments of a part of its own',
    `user({ odp: { configure() {}, sendEvent() {}, fetchSegments: hang } }).fetchQualifiedSegments({ timeoutMs: 300 })`,
  ],
  [
    'segments in a Redis that hangs',
    `user({
       config: createStaticConfig({ datafile: segments }),
       odp: createOdp({
         fetch: hang,
         segmentsTimeoutMs: 300,
         segmentsCache: createRedisSegmentCache({ client: { command: hang } }),
       }),
     }).fetchQualifiedSegments()`,
  ],
  [
    'a datafile',
    `client({ config: createPollingConfig({ sdkKey: 'key', fetch: hang, requestTimeoutMs: 500 }) }).ready({ timeoutMs: 300 }).catch(() => 0)`,
  ],
  [
    'a datafile in a cache that hangs',
    `client({
       config: createPollingConfig({
         sdkKey: 'key',
         fetch: hang,
         requestTimeoutMs: 500,
         cache: { getItem: hang, setItem: hang, removeItem: hang },
       }),
     }).ready({ timeoutMs: 300 }).catch(() => 0)`,
  ],
  ['a profile', `user({ profiles: { lookup: hang, save: hang } }).decideAsync('checkout')`],
  [
    'a profile in a Redis that hangs',
    `user({ profiles: createRedisProfileStore({ client: { command: hang } }) }).decideAsync('checkout')`,
  ],
  [
    'the collector',
    `(() => {
       const shop = client({ events: createBatchEvents({ fetch: hang }) });
       shop.createUserContext('ada').decide('checkout');
       return shop.close({ timeoutMs: 300 });
     })()`,
  ],
  [
    'variants of a server',
    `createRemoteClient('key', { fetch: hang, fetchTimeoutMillis: 300 }).fetch({ user_id: 'ada' }).catch(() => 0)`,
  ],
  [
    'a prediction',
    `createCmabSource({ fetch: hang, timeoutMs: 300 }).predict({ ruleId: '2', userId: 'ada', attributes: new Map(), cache: 'use' }).catch(() => 0)`,
  ],
])(
  '[LIFE-09] one that awaits %s goes on to its end',
  async (_, awaited) => {
    const child = await startChild({
      resolveDir: import.meta.dirname,
      code: `${IMPORTS}\nawait ${awaited};\nconsole.log('went on');`,
    });
    onTestFinished(() => child.signal('SIGKILL'));
    await child.exited;
    expect(child.lines).toEqual(['went on']);
    expect(await child.exited).toBe(0);
  },
  60_000,
);
