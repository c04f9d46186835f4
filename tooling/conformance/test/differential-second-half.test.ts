import { expect, it } from 'vitest';
import { compareScenarios } from '../src/compare.ts';
import { formatMismatch } from '../src/report.ts';

it('another 100,000 decisions of generated datafiles and users equal those of the official SDK', async () => {
  const { decisions, mismatches } = await compareScenarios(2, 100_000);
  expect(mismatches.slice(0, 3).map(formatMismatch).join('\n')).toBe('');
  expect(decisions).toBeGreaterThanOrEqual(100_000);
}, 300_000);
