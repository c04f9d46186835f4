/** The command line of the long runs: an outage in real time, and producers that are killed. */
import { parseArgs } from 'node:util';
import { compileForNode } from '../node/compile-for-node.ts';
import { runKillRounds } from '../node/kill-rounds.ts';
import { runOutage } from './outage.ts';

/** Runs with the arguments after the command name; resolves the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: args.filter((arg) => arg !== '--'),
    allowPositionals: true,
    options: {
      seconds: { type: 'string', default: '120' },
      rate: { type: 'string', default: '200' },
      rounds: { type: 'string', default: '1000' },
    },
  });
  if (positionals[0] === 'kill') {
    const producer = await compileForNode(new URL('../node/producer.ts', import.meta.url));
    const { lost, unknown, ...report } = await runKillRounds(producer, Number(values.rounds), Math.random);
    console.log(
      JSON.stringify({ rounds: Number(values.rounds), ...report, lost: lost.length, unknown: unknown.length }),
    );
    return lost.length + unknown.length > 0 ? 1 : 0;
  }
  const report = await runOutage({
    outageSeconds: Number(values.seconds),
    aroundSeconds: 20,
    eventsPerSecond: Number(values.rate),
  });
  console.log(JSON.stringify(report));
  return report.lost + report.unknown + report.dropped > 0 || report.duplicates > 0.02 * report.produced ? 1 : 0;
}
