import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '@sortition/report';
import { estimateDuration, findSkipReasons } from '@sortition/report/before-tests';
import { expect, it, onTestFinished } from 'vitest';

/** What CI installs, as `<command>:<Debian package>` in a list of its script. */
const ciPrograms = [...readFileSync(join(root, '.ci/run'), 'utf8').matchAll(/^ {2}([\w-]+):([\w-]+)$/gm)];

it('pnpm test says how long it takes, as the last recorded run did', () => {
  expect(estimateDuration()).toMatch(/^about [1-9]\d* minutes on two cores, /);
});

it('pnpm test names each program that CI installs and that is missing here, what is skipped and how to install it', () => {
  expect(ciPrograms.length).toBeGreaterThan(2);
  const reasons = findSkipReasons('');
  expect(reasons.length).toBe(ciPrograms.length);
  for (const [index, [, command, debian]] of ciPrograms.entries()) {
    expect(reasons[index]).toMatch(
      new RegExp(`^${command} is not on PATH, so the tests that .+ are skipped; .*install ${debian}\\)\\.$`),
    );
  }
});

it('pnpm test says nothing of a program that is there', () => {
  const folder = mkdtempSync(join(tmpdir(), 'path-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'chromium'), '');
  expect(findSkipReasons(folder).filter((reason) => reason.startsWith('chromium'))).toEqual([]);
  expect(findSkipReasons(folder).length).toBe(ciPrograms.length - 1);
});
