import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '@sortition/report';
import { expect, it } from 'vitest';
import { readAudit } from '../read-audit.js';
import { formatReliability, retakePart } from '../reliability.js';

it('the document in the repository is the one generated from the figures in the repository', () => {
  const read = (name: string) => JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'));
  const document = formatReliability(read('../last-long-run.json'), read('../last-load.json'));
  expect(readFileSync(join(root, 'RELIABILITY.md'), 'utf8')).toBe(document);
});

it('what did not hold stands out', () => {
  const step = { name: 'soak', command: 'pnpm soak', commit: 'abc', passed: false, seconds: 7, figures: { heap: 1 } };
  const run = { date: '2026-01-02T03:04:05Z', node: 'v20', settings: 'long', steps: [step] };
  const load = {
    date: '2026-01-03T03:04:05Z',
    node: 'v20',
    commit: 'def',
    isShort: false,
    seconds: 9,
    loads: 1,
    broken: 1,
    table: ['| a load | **no** |'],
  };
  expect(formatReliability(run, load)).toMatch(/\| \*\*no\*\* \| .+ \| heap: 1 \| `pnpm soak` \| abc \| 7 s \|/);
  expect(formatReliability(run, load)).toContain('long settings that ended on 2026-01-02');
  expect(formatReliability(run, load)).toContain('1 loads in 9 s, 1 with a broken\npromise');
  expect(formatReliability(run, load)).toContain('\n| a load | **no** |\n');

  const head = ['| load | holds |', '| --- | --- |'];
  const whole = { ...load, table: [...head, '| a load | **no** |', '| another | yes |'] };
  const part = { ...load, date: '2026-01-04T03:04:05Z', commit: 'fed', table: [...head, '| a load | yes |'] };
  const retaken = formatReliability(run, retakePart(whole, part));
  expect(retaken).toContain('0 with a broken\npromise; 1 of them were run again on 2026-01-04, commit fed.');
  expect(retaken).toContain('\n| a load | yes |\n| another | yes |\n');
});

it('an audit is clean, or lists what it found, or was not answered', () => {
  expect(readAudit(0, '{"advisories":{}}')).toEqual({ isAnswered: true, advisories: [] });
  const found = { 7: { module_name: 'm', severity: 'high', title: 't', url: 'u' } };
  expect(readAudit(1, JSON.stringify({ advisories: found }))).toEqual({
    isAnswered: true,
    advisories: ['high: m: t (u)'],
  });
  expect(readAudit(1, 'Error: responded with 405')).toEqual({ isAnswered: false, advisories: [] });
  expect(readAudit(1, '{"advisories":{}}').advisories).toHaveLength(1);
});
