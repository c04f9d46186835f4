/** A script that decides once and ends without closing its client: nothing of ours may keep it alive. */
import { createRedisProfileStore } from '@sortition/profile-redis';
import { Redis } from 'ioredis';
import { createClient, createStaticConfig } from 'sortition';
import { flagKeyOf, fleetDatafile } from './fleet-datafile.ts';

const redis = new Redis({ port: Number(process.argv.at(-1)), host: '127.0.0.1' });
redis.on('error', () => undefined);
const client = createClient({
  config: createStaticConfig({ datafile: fleetDatafile(1) }),
  profiles: createRedisProfileStore({ client: redis }),
  events: null,
  logger: false,
});
const { enabled } = await client.createUserContext('ada').decideAsync(flagKeyOf(0));
process.exitCode = enabled ? 0 : 1;
redis.disconnect();
