/** The fleet in full: many processes decide for the same users at the same time. */
import { startRedisServer } from '@sortition/rig';
import { runFleet } from '../fleet.ts';

/** @param args Experiments (20 unless given) and layout (`hash` unless given). */
export async function run([experiments = '20', layout = 'hash']: readonly string[]): Promise<boolean> {
  const server = await startRedisServer();
  try {
    const plan = { processes: 8, users: 200, experiments: Number(experiments), layout: layout as 'hash' | 'json' };
    const result = await runFleet({ ...plan, port: server.port });
    console.table([{ ...plan, ...result, seconds: Number(result.seconds.toFixed(1)) }]);
    return result.lost === 0 && result.disagreeing === 0;
  } finally {
    await server.close();
  }
}
