/** Faults that need a process of their own: memory limits, and a machine that sleeps. */
import { gzipSync } from 'node:zlib';
import { startChild } from '@sortition/rig';
import { describe, expect, it, onTestFinished } from 'vitest';
import { serve } from './observed-source.ts';
import { datafileText } from './sample-datafile.ts';

const resolveDir = import.meta.dirname;
const MEGABYTE = 1_000_000;

describe('in a process of its own', () => {
  it.each(['globalThis.fetch', 'createKeepAliveFetch()'])(
    '[CFG-05] a gzip bomb of 600 MB is refused within 128 MB of heap over %s',
    async (transport) => {
      // Many members, so that the bomb itself is cheap to build: 60 times 10 MB of spaces.
      const member = gzipSync(Buffer.alloc(10 * MEGABYTE, ' '));
      const bomb = Buffer.concat(Array<Buffer>(60).fill(member));
      const server = await serve({ body: bomb, headers: { 'content-encoding': 'gzip' } }, { body: datafileText('1') });
      const child = await startChild({
        resolveDir,
        nodeOptions: ['--max-old-space-size=128'],
        code: `
          import { createPollingConfig } from '../src/index.ts';
          import { createKeepAliveFetch } from '../src/node/index.ts';
          const source = createPollingConfig({
            sdkKey: 'key', urlTemplate: ${JSON.stringify(server.template)}, updates: 'manual', fetch: ${transport},
          });
          source.subscribe((change) => console.log('heard', change.type === 'problem' ? change.problem.code : 'config'));
          await source.refresh();
          const rssMegabytes = Math.round(process.resourceUsage().maxRSS / 1000);
          await source.refresh();
          console.log('end', source.current()?.revision, rssMegabytes);
          process.exit(0);
        `,
      });
      const [, revision, rssMegabytes] = (await child.line('end')).split(' ');
      expect(child.lines.filter((line) => line.startsWith('heard'))).toEqual([
        'heard invalid-response',
        'heard config',
      ]);
      expect(revision).toBe('1');
      expect(Number(rssMegabytes)).toBeLessThan(200);
      expect(await child.exited).toBe(0);
    },
    60_000,
  );

  it('[CFG-09] a machine that slept through several intervals asks once when it wakes up', async () => {
    const server = await serve({ body: datafileText('1'), headers: { etag: '"1"' } }, { status: 304 });
    const child = await startChild({
      resolveDir,
      code: `
        import { createPollingConfig } from '../src/index.ts';
        Math.random = () => 0.5;
        const source = createPollingConfig({
          sdkKey: 'key', urlTemplate: ${JSON.stringify(server.template)}, pollIntervalMs: 1000,
        });
        source.subscribe(() => console.log('ready'));
        setInterval(() => undefined, 1000);
      `,
    });
    onTestFinished(() => child.signal('SIGKILL'));
    await child.line('ready');
    await server.received(2);
    child.signal('SIGSTOP');
    const before = server.requests.length;
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    child.signal('SIGCONT');
    await server.received(before + 1);
    await new Promise((resolve) => setTimeout(resolve, 600));
    // A burst would be the five that were missed; one more may be due by now.
    expect(server.requests.length).toBeLessThanOrEqual(before + 2);
  });
});
