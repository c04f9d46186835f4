import { startChild } from '@sortition/rig';
import { expect, it, onTestFinished } from 'vitest';

it('[LIFE-01] nothing that rejects ends the process: every option of every factory, as an async function that throws', async () => {
  const child = await startChild({
    resolveDir: import.meta.dirname,
    code: `
      import { useEverything } from './rejecting-options.ts';
      let last = '';
      const { log } = console;
      console.log = (...words) => { last = words.join(' '); };
      console.warn = console.error = () => undefined;
      process.on('unhandledRejection', (cause) => log('UNHANDLED after', last, String(cause?.stack).replaceAll(/s+/g, ' ')));
      process.on('uncaughtException', (cause) => log('UNCAUGHT after', last, String(cause?.stack).replaceAll(/s+/g, ' ')));
      const tried = await useEverything();
      await new Promise((resolve) => setTimeout(resolve, 200));
      log('done', tried);
      process.exit(0);
    `,
  });
  onTestFinished(() => child.signal('SIGKILL'));
  const done = await child.line('done');
  expect(child.lines.filter((line) => line.startsWith('UN'))).toEqual([]);
  expect(Number(done.split(' ')[1])).toBeGreaterThan(80);
});
