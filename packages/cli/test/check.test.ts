import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeFolder, runCli } from './run-cli.ts';
import { buildShop, type Entity, type ShopDatafile } from './shop.ts';

/** Takes the last share of the experiment, and the variation it was for. */
function leaveHalf({ experiments }: ShopDatafile): void {
  const [rule] = experiments as unknown as {
    variations: { id: string }[];
    trafficAllocation: { entityId: string }[];
  }[];
  const gone = rule?.trafficAllocation.pop();
  if (rule !== undefined) rule.variations = rule.variations.filter(({ id }) => id !== gone?.entityId);
}

/** A change of the sound project, and what is said of it. */
interface Fault {
  readonly what: string;
  change(datafile: ShopDatafile): void;
  readonly finding: { code: string; path: string; level: string; message: RegExp };
}

const FAULTS: readonly Fault[] = [
  {
    what: 'a rule with an audience that does not exist',
    change: ({ experiments: [rule] }) => Object.assign(rule ?? {}, { audienceConditions: ['or', 'gone'] }),
    finding: { code: 'dangling-reference', path: 'experiments[0]', level: 'error', message: /"gone"/ },
  },
  {
    what: 'a condition that compares by something unknown',
    change: ({ typedAudiences: [audience] }) =>
      Object.assign(audience ?? {}, {
        conditions: ['or', { type: 'custom_attribute', name: 'plan', match: 'like', value: 'x' }],
      }),
    finding: { code: 'unknown-match', path: 'typedAudiences[0]', level: 'warning', message: /"Members".*"like"/ },
  },
  {
    what: 'a variable whose default is not of its type',
    change: ({ featureFlags: [flag] }) =>
      Object.assign((flag as unknown as { variables: object[] }).variables[0] ?? {}, { defaultValue: 'four' }),
    finding: {
      code: 'invalid-value',
      path: 'featureFlags[0].variables[0]',
      level: 'error',
      message: /"steps".*"four"/,
    },
  },
  {
    what: 'a delivery behind one for everyone',
    change({ rollouts: [rollout] }) {
      const [first] = rollout?.experiments ?? [];
      rollout?.experiments.push({ ...structuredClone(first), id: 'later', key: 'later' });
    },
    finding: {
      code: 'unreachable-rule',
      path: 'rollouts[0].experiments[1]',
      level: 'warning',
      message:
        /^No user reaches rule "later" of flag "checkout": rule "checkout_everyone_classic" before it takes every user\.$/,
    },
  },
  {
    what: 'a share for a variation that the experiment does not have',
    change: ({ experiments: [rule] }) =>
      Object.assign(rule ?? {}, {
        trafficAllocation: [
          { entityId: 'gone', endOfRange: 2_500 },
          { entityId: (rule as unknown as { variations: { id: string }[] }).variations[0]?.id, endOfRange: 10_000 },
        ],
      }),
    finding: {
      code: 'split-unknown-variation',
      path: 'experiments[0].trafficAllocation',
      level: 'error',
      message: /^25 % of the traffic of experiment "redesign" goes to "gone"/,
    },
  },
  {
    what: 'a running experiment without traffic',
    change: ({ experiments: [rule] }) => Object.assign(rule ?? {}, { trafficAllocation: [] }),
    finding: { code: 'no-traffic', path: 'experiments[0]', level: 'warning', message: /"redesign"/ },
  },
  {
    what: 'an experiment for a part of its audience',
    change: leaveHalf,
    finding: {
      code: 'split-partial',
      path: 'experiments[0].trafficAllocation',
      level: 'info',
      message: /add up to 50 %; 50 % of its users/,
    },
  },
  {
    what: 'an audience without a rule',
    change: ({ experiments: [rule] }) => Object.assign(rule ?? {}, { audienceConditions: [], audienceIds: [] }),
    finding: { code: 'unused-audience', path: 'typedAudiences[0]', level: 'info', message: /"Members"/ },
  },
  {
    what: 'an experiment without a flag',
    change: ({ featureFlags: [flag] }) => Object.assign(flag ?? {}, { experimentIds: [] }),
    finding: { code: 'experiment-without-flag', path: 'experiments[0]', level: 'info', message: /"redesign"/ },
  },
];

describe('finds', () => {
  it.each(FAULTS)('$what', async ({ change, finding }) => {
    const datafile = buildShop();
    change(datafile);
    const cwd = makeFolder({ 'datafile.json': datafile });
    const { code, stdout } = await runCli(['check', 'datafile.json', '--json'], { cwd });
    const { problems } = JSON.parse(stdout);
    const { message, ...rest } = finding;
    expect(problems).toContainEqual(expect.objectContaining({ ...rest, message: expect.stringMatching(message) }));
    expect(code).toBe(
      finding.level === 'info' && problems.every(({ level }: { level: string }) => level === 'info') ? 0 : 1,
    );
  });
});

it('finds the lines of forty-five thousand findings without reading the datafile for each', {
  timeout: 60_000,
}, async () => {
  const datafile = buildShop();
  const [rule] = datafile.experiments as [Entity];
  for (let number = 1; number <= 15_000; number += 1) {
    const trafficAllocation = (rule.trafficAllocation as object[]).slice(0, 1);
    datafile.experiments.push({ ...rule, id: `r${number}`, key: `r${number}`, trafficAllocation });
  }
  const cwd = makeFolder({ 'datafile.json': datafile });
  const { code, stdout } = await runCli(['check', 'datafile.json', '--format', 'github'], { cwd });
  const written = readFileSync(join(cwd, 'datafile.json'), 'utf8');
  const line = written.slice(0, written.indexOf('"id": "r15000"')).split('\n').length - 1;
  const last = stdout.split('\n').filter((annotation) => annotation.includes('"r15000"'));
  expect(code).toBe(0);
  expect(stdout.trim().split('\n')).toHaveLength(3 * 15_000);
  expect(last).toContain(
    `::notice file=datafile.json,line=${line},title=experiment-without-flag::The experiment "r15000" belongs to no flag: it is decided by its own key only. Add its id to "experimentIds" of a flag, or take it out.`,
  );
});

it('finds nothing in a sound datafile', async () => {
  const cwd = makeFolder({ 'datafile.json': buildShop() });
  expect(await runCli(['check', 'datafile.json', '--level', 'info'], { cwd })).toEqual({
    code: 0,
    stdout: 'ok  datafile.json\n',
    stderr: '',
  });
});

it('writes findings for people, for GitHub at their line, and ends with 1 from the chosen level on', async () => {
  const datafile = buildShop();
  leaveHalf(datafile);
  const cwd = makeFolder({ 'datafile.json': datafile });
  const run = (...args: string[]) => runCli(['check', 'datafile.json', ...args], { cwd });
  expect(await run()).toEqual({
    code: 0,
    stderr: '',
    stdout: [
      'datafile.json: 1 remark',
      '  info split-partial  experiments[0].trafficAllocation',
      '    The shares of experiment "redesign" add up to 50 %; 50 % of its users get no variation of it.',
      '    Nothing to do when the experiment is meant for a part of its audience.',
      '',
    ].join('\n'),
  });
  const line =
    JSON.stringify(datafile, null, 2)
      .split('\n')
      .findIndex((text) => text.includes('"trafficAllocation"')) + 1;
  const annotated = await run('--format', 'github', '--level', 'info');
  expect(annotated.code).toBe(1);
  expect(annotated.stdout).toMatch(
    new RegExp(
      `^::notice file=datafile\\.json,line=${line},title=split-partial::The shares of experiment "redesign" add up to 50 %25;`,
    ),
  );
});

it('takes the earlier revision from the history of the file, and reports flags that are launched since', async () => {
  const datafile = buildShop();
  const cwd = makeFolder({ 'datafile.json': datafile });
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t.invalid', ...args], {
      cwd,
      env: { ...process.env, GIT_COMMITTER_DATE: '2020-01-01T00:00:00Z' },
    });
  git('init', '--quiet');
  git('add', '.');
  git('commit', '--quiet', '-m', 'one');
  writeFileSync(join(cwd, 'datafile.json'), JSON.stringify({ ...datafile, revision: '2' }));
  const { code, stdout } = await runCli(['check', 'datafile.json', '--stale-after', '90'], { cwd });
  expect(code).toBe(1);
  expect(stdout).toContain('The flag "search" serves "on" to every user, and did so in revision 1.');
  expect(stdout).not.toContain('The flag "checkout"');
});
