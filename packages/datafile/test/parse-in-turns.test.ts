import { describe, expect, it } from 'vitest';
import { parseDatafile } from '../src/index.ts';
import { parseInTurns } from '../src/parse-in-turns.ts';

/** About 5 MB: 8,000 flags with a test and an audience each. */
function buildLargeDatafile(): string {
  const numbers = Array.from({ length: 8_000 }, (_, index) => index);
  return JSON.stringify({
    version: '4',
    revision: '1',
    accountId: '1',
    projectId: '2',
    featureFlags: numbers.map((n) => ({ id: `f${n}`, key: `flag_${n}`, experimentIds: [`e${n}`], variables: [] })),
    experiments: numbers.map((n) => ({
      id: `e${n}`,
      key: `test_${n}`,
      status: 'Running',
      layerId: `l${n}`,
      audienceIds: [`a${n}`],
      variations: [{ id: `v${n}`, key: 'on', featureEnabled: true, variables: [] }],
      trafficAllocation: [{ entityId: `v${n}`, endOfRange: 10_000 }],
      forcedVariations: {},
    })),
    audiences: numbers.map((n) => ({
      id: `a${n}`,
      name: `audience ${n}`,
      conditions: `["and",{"type":"custom_attribute","name":"plan","match":"exact","value":"plan ${n}"}]`,
    })),
  });
}

describe('parsing in turns', () => {
  it('[DF-11] of a large datafile gives the same config and lets the event loop run in between', async () => {
    const text = buildLargeDatafile();
    let turns = 0;
    let longestMs = 0;
    let last = performance.now();
    const probe = setInterval(() => {
      turns += 1;
      longestMs = Math.max(longestMs, performance.now() - last);
      last = performance.now();
    }, 0);
    const { config, problems } = await parseInTurns(text);
    clearInterval(probe);
    const start = performance.now();
    const atOnce = parseDatafile(text);
    const atOnceMs = performance.now() - start;
    expect(config).toEqual(atOnce.config);
    expect(problems).toEqual([]);
    // The exact figure is a command's, `pnpm --filter @sortition/reliability install-config`; a busy machine allows no more here.
    expect(turns).toBeGreaterThan(2);
    expect(longestMs).toBeLessThan(Math.max(1_000, 10 * atOnceMs));
  });

  it('refuses what parseDatafile refuses, as a rejection', async () => {
    for (const text of ['', '{', 'null', '{"version":"5"}']) {
      await expect(parseInTurns(text)).rejects.toMatchObject({ code: 'invalid-datafile' });
    }
  });
});
