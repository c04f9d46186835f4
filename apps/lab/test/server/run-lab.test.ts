import { EventEmitter } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runLab } from '../../src/server/run-lab.ts';
import { get } from './running-lab.ts';
import { conversion, sendEvents } from './wire-events.ts';

async function prepare(env: Record<string, string> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'sortition-run-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const lines: string[] = [];
  const signals = new EventEmitter();
  const run = () =>
    runLab({
      env: { LAB_PORT: '0', ...env },
      pageFolder: folder,
      dataFolder: join(folder, 'data'),
      storefront: join(folder, 'storefront.mjs'),
      print: (line) => lines.push(line),
      signals,
    });
  const address = async () => {
    await expect.poll(() => lines.find((line) => line.startsWith('Lab: ')), { timeout: 30_000 }).toBeDefined();
    return lines[0]?.slice('Lab: '.length) ?? '';
  };
  return { folder, lines, signals, run, address };
}

test.each(['SIGINT', 'SIGTERM'])(
  '%s ends everything, and what was collected is there at the next start',
  async (signal) => {
    const { lines, signals, run, address } = await prepare();
    const first = run();
    await sendEvents(await address(), '1', [conversion({ visitorId: 'ada' })]);
    signals.emit(signal);
    await first;
    expect(lines.at(-1)).toContain('events are kept');
    lines.length = 0;
    const second = run();
    expect(await get(`${await address()}/api/events`)).toMatchObject([{ userId: 'ada' }]);
    signals.emit(signal);
    await second;
  },
);

test('the storefront runs beside the lab, knows where it is, and ends before it', async () => {
  const { folder, signals, run, address } = await prepare();
  const diary = join(folder, 'diary');
  await writeFile(
    join(folder, 'storefront.mjs'),
    `import { writeFileSync } from 'node:fs';
    const lab = 'http://127.0.0.1:' + process.env.LAB_PORT;
    const found = (await fetch(lab + '/datafiles/lab.json')).status;
    writeFileSync(${JSON.stringify(diary)}, 'found ' + found);
    const open = setInterval(() => undefined, 1000);
    process.once('SIGTERM', async () => {
      writeFileSync(${JSON.stringify(diary)}, 'left ' + (await fetch(lab + '/datafiles/lab.json')).status);
      clearInterval(open);
    });`,
  );
  const running = run();
  await address();
  await expect.poll(() => readFile(diary, 'utf8').catch(() => ''), { timeout: 30_000 }).toBe('found 200');
  signals.emit('SIGTERM');
  await running;
  expect(await readFile(diary, 'utf8')).toBe('left 200');
});

test('a busy port is said in a sentence, with what to do', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void other.close());
  await new Promise((resolve) => other.once('listening', resolve));
  const { port } = other.address() as { port: number };
  const { run } = await prepare({ LAB_PORT: String(port) });
  await expect(run()).rejects.toThrow(
    `Port ${port} is already in use; stop what uses it or choose another. LAB_PORT=<port> and LAB_DATA=<folder> choose others.`,
  );
});

test.each(['70000', '-1', 'lab', '80.5'])('a LAB_PORT of "%s" is refused', async (port) => {
  const { run } = await prepare({ LAB_PORT: port });
  await expect(run()).rejects.toThrow(`LAB_PORT must be a port number from 0 to 65535, got "${port}".`);
});
