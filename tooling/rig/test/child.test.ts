import { describe, expect, it } from 'vitest';
import { startChild } from '../src/index.ts';

const resolveDir = import.meta.dirname;

describe('a child process', () => {
  it('runs TypeScript, reports lines and its exit code', async () => {
    const code = `const n: number = 3; console.log('ready', n, process.env.SAMPLE); console.error('problem'); process.exitCode = n;`;
    const child = await startChild({ code, resolveDir, env: { SAMPLE: 'given' } });
    expect(await child.line('ready')).toBe('ready 3 given');
    expect(await child.exited).toBe(3);
    expect([...child.lines].sort()).toEqual(['problem', 'ready 3 given']);
    await expect(child.line('missing')).rejects.toThrow('ended without');
  });

  it('fails on an unhandled rejection and can be killed', async () => {
    const rejecting = await startChild({ code: `Promise.reject(new Error('nobody listens'));`, resolveDir });
    expect(await rejecting.exited).toBe(1);
    const hanging = await startChild({ code: `console.log('up'); setInterval(() => {}, 1000);`, resolveDir });
    await hanging.line('up');
    hanging.signal('SIGKILL');
    expect(await hanging.exited).toBe('SIGKILL');
  });
});
