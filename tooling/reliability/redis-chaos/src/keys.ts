/** The keys of a server, for tests that compare them. */
import type { RedisServer } from '@sortition/rig';

export async function keysOf(server: RedisServer): Promise<string[]> {
  const reply = await server.command('EVAL', "return table.concat(redis.call('KEYS', '*'), ' ')", '0');
  const [, keys = ''] = reply.split('\r\n');
  return keys.split(' ').filter(Boolean).sort();
}
