/**
 * An application with a file store that is killed: writes the number of each event once it was recorded.
 *
 * Arguments: directory, origin of the collector, first number, events per second; with 0 events per second it sends what was left
 * and ends.
 */
import { writeSync } from 'node:fs';
import { createOurEvents } from './our-contestant.ts';

const [directory = '', origin = '', first = '0', perSecond = '0'] = process.argv.slice(2);
const contestant = createOurEvents({ fetch: globalThis.fetch, directory, origin });
const rate = Number(perSecond);

if (rate > 0) {
  const startedAt = performance.now();
  for (let number = Number(first); ; ) {
    const due = Number(first) + Math.floor(((performance.now() - startedAt) * rate) / 1_000);
    let told = '';
    for (; number < due; number += 1) {
      contestant.record(number);
      told += `${number}\n`;
    }
    if (told !== '') writeSync(1, told);
    await pause(10);
  }
}
for (let quiet = 0; quiet < 3; ) {
  await pause(200);
  await contestant.flush();
  quiet = contestant.report()?.pending === 0 ? quiet + 1 : 0;
}
await contestant.close();

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
