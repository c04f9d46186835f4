import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { runCli } from './run-cli.ts';

const difference = {
  at: 1,
  kind: 'variation',
  call: 'decide',
  key: 'checkout',
  userId: 'ada',
  attributes: {},
  primary: { variationKey: 'a', enabled: true, ruleKey: 'r', variables: {} },
  candidate: { variationKey: 'b', enabled: true, ruleKey: 'r', variables: {} },
  primaryRevision: '7',
  candidateRevision: '8',
  explanation: [],
};

it('groups the lines of a shadow, ends with 1 when there are differences, and writes JSON when it is asked to', async () => {
  const cwd = mkdtempSync(join(tmpdir(), 'shadow-report-'));
  onTestFinished(() => rmSync(cwd, { recursive: true }));
  writeFileSync(join(cwd, 'shadow.jsonl'), `${JSON.stringify(difference)}\n${JSON.stringify(difference)}\nbroken\n`);
  writeFileSync(join(cwd, 'none.jsonl'), '\n');
  const text = await runCli(['shadow-report', 'shadow.jsonl'], { cwd });
  expect(text.code).toBe(1);
  expect(text.stdout).toContain('2 × variation of "checkout", 1 user\n');
  expect(text.stdout).toContain('different revisions');
  const json = await runCli(['shadow-report', 'shadow.jsonl', '--json'], { cwd });
  expect(JSON.parse(json.stdout)).toMatchObject({ differences: 2, unreadable: 1, groups: [{ count: 2 }] });
  expect(await runCli(['shadow-report', 'none.jsonl'], { cwd })).toMatchObject({
    code: 0,
    stdout: 'No differences.\n',
  });
  writeFileSync(join(cwd, 'datafile.json'), '{\n  "version": "4"\n}\n');
  expect(await runCli(['shadow-report', 'datafile.json'], { cwd })).toEqual({
    code: 2,
    stdout: '',
    stderr:
      'sortition: No line of datafile.json can be read; expected what onDifference was given, as JSON on a line each.\n',
  });
  expect(await runCli(['shadow-report', '-'], { cwd, input: 'broken\n' })).toEqual({
    code: 2,
    stdout: '',
    stderr:
      'sortition: No line of standard input can be read; expected what onDifference was given, as JSON on a line each.\n',
  });
  const missing = await runCli(['shadow-report', 'absent.jsonl'], { cwd });
  expect(missing).toMatchObject({ code: 2, stderr: expect.stringContaining('absent.jsonl cannot be read') });
});
