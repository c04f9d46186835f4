/**
 * An application with a file store that is killed: writes the number of each event once it was recorded, and four times a second
 * what it has cost so far, as the last word it may have.
 *
 * Arguments: directory, origin of the collector, first number, events per second; with 0 events per second it sends what was left
 * and ends.
 */
import { writeSync } from 'node:fs';
import { startMeter } from './measure.ts';
import { createOurEvents } from './our-contestant.ts';

const REPORT_MS = 250;

const [directory = '', origin = '', first = '0', perSecond = '0'] = process.argv.slice(2);
const meter = startMeter();
const contestant = createOurEvents({ fetch: globalThis.fetch, directory, origin });
const rate = Number(perSecond);

setInterval(reportCost, REPORT_MS).unref();

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
reportCost();

function reportCost(): void {
  meter.sample();
  const { heapMb, cpuMs } = meter.read();
  writeSync(1, `cost ${heapMb} ${cpuMs}\n`);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
