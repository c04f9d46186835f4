/** A lab that stops while it is read, and one that is killed. */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openEventDatabase } from '../../src/server/event-database.ts';

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sortition-stop-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Would run for minutes. */
const ENDLESS = 'SELECT sum(a.range * b.range) FROM range(10000000) a, range(10000000) b';

test('[LAB-03] closing interrupts reads, also those that wait and those between two statements, and ends soon', async () => {
  const database = await openEventDatabase(await makeFolder());
  const reads = Array.from({ length: 6 }, (_, index) =>
    database.read(async (connection) => {
      if (index % 2 === 0) await connection.runAndReadAll('SELECT 1');
      return connection.runAndReadAll(ENDLESS);
    }),
  );
  const outcomes = Promise.allSettled(reads);
  await new Promise((resolve) => setTimeout(resolve, 100));
  const startedAt = performance.now();
  await database.close();
  expect(performance.now() - startedAt).toBeLessThan(5_000);
  for (const outcome of await outcomes) {
    expect(outcome).toMatchObject({ status: 'rejected', reason: { message: expect.stringContaining('stopping') } });
  }
  await expect(database.read(async () => 1)).rejects.toThrow('stopping');
});

test('[LAB-03] a read ends with its answer when it is faster than the end', async () => {
  const database = await openEventDatabase(await makeFolder());
  const rows = await database.read(async (connection) => (await connection.runAndReadAll('SELECT 41 + 1')).getRows());
  expect(rows).toEqual([[42]]);
  await database.close();
  await database.close();
});

test('[LAB-03] a storefront ends when its lab is killed', async () => {
  const folder = await makeFolder();
  const shopPid = join(folder, 'shop.pid');
  await writeFile(
    join(folder, 'storefront.mjs'),
    `import { writeFileSync } from 'node:fs';
    writeFileSync(${JSON.stringify(shopPid)}, String(process.pid));
    const open = setInterval(() => undefined, 1000);
    process.once('disconnect', () => clearInterval(open));`,
  );
  // The lab's way of starting its shop, in a process that can be killed.
  await writeFile(
    join(folder, 'lab.mjs'),
    `import { spawn } from 'node:child_process';
    spawn(process.execPath, [${JSON.stringify(join(folder, 'storefront.mjs'))}], ${await spawnOptions()});`,
  );
  const lab = spawn(process.execPath, [join(folder, 'lab.mjs')]);
  await expect.poll(() => readFile(shopPid, 'utf8').catch(() => ''), { timeout: 30_000 }).not.toBe('');
  const pid = Number(await readFile(shopPid, 'utf8'));
  lab.kill('SIGKILL');
  await expect.poll(() => isAlive(pid), { timeout: 30_000 }).toBe(false);
});

/** As `run-lab.ts` has them, so that this test tries what the lab does. */
async function spawnOptions(): Promise<string> {
  const source = await readFile(new URL('../../src/server/run-lab.ts', import.meta.url), 'utf8');
  const stdio = /stdio: (\[[^\]]*\])/.exec(source)?.[1];
  if (stdio === undefined) throw new Error('run-lab.ts does not say how the storefront is connected');
  return `{ stdio: ${stdio} }`;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
