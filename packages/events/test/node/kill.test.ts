import { rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { compileForNode } from './compile-for-node.ts';
import { runKillRounds } from './kill-rounds.ts';

test('[EVT-08] a producer killed at 50 random moments loses no event its store had acknowledged', async () => {
  const producer = await compileForNode(new URL('./producer.ts', import.meta.url));
  try {
    const report = await runKillRounds(producer, 50, Math.random);
    expect(report.lost).toEqual([]);
    expect(report.unknown).toEqual([]);
    expect(report.acknowledged).toBeGreaterThan(100);
  } finally {
    rmSync(producer, { force: true });
  }
}, 180_000);
