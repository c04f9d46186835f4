import { expect, it } from 'vitest';
import { makeFolder, runCli } from './run-cli.ts';
import { buildShop, type Entity } from './shop.ts';

it('shows the observed split beside the configured one, per rule, and passes when they agree', async () => {
  const cwd = makeFolder({ 'datafile.json': buildShop({ classic: 80, one_page: 20 }) });
  const { code, stdout } = await runCli(['simulate', 'datafile.json', '--users', '20000', '--json'], { cwd });
  expect(code).toBe(0);
  const { users, rules } = JSON.parse(stdout);
  expect(users).toBe(20_000);
  const redesign = rules.find(({ ruleKey }: { ruleKey: string }) => ruleKey === 'redesign');
  expect(redesign).toMatchObject({ flagKey: 'checkout', kind: 'experiment', ok: true });
  for (const { variationKey, observed, configured } of redesign.variations) {
    expect(configured).toBe({ classic: 0.8, one_page: 0.2 }[variationKey as 'classic' | 'one_page']);
    expect(Math.abs(observed - configured)).toBeLessThan(0.02);
  }
});

it('ends with 1 when users are split otherwise, as those of a file may be', async () => {
  // All of these hash into the first half of the experiment.
  const datafile = buildShop();
  const found = await runCli(
    ['find-user', '-', '--flag', 'checkout', '--variation', 'classic', '--count', '60', '--attribute', 'plan=gold'],
    {
      input: JSON.stringify(datafile),
    },
  );
  const users = [
    'userId,plan',
    ...found.stdout
      .trim()
      .split('\n')
      .map((id) => `${id},gold`),
  ].join('\n');
  const cwd = makeFolder({ 'datafile.json': datafile, 'users.csv': users });
  const { code, stdout } = await runCli(['simulate', 'datafile.json', '--attributes', 'users.csv'], { cwd });
  expect(code).toBe(1);
  expect(stdout).toMatch(/^checkout\/redesign .* 60 users .*NOT THE CONFIGURED SPLIT$/m);
});

it('writes CSV, one row a variation', async () => {
  const { stdout } = await runCli(['simulate', '-', '--users', '1000', '--format', 'csv'], {
    input: JSON.stringify(buildShop()),
  });
  const [header, ...rows] = stdout.trim().split('\n');
  expect(header).toBe('flag,rule,kind,variation,users,listed,observed,configured,chi_square,p_value');
  expect(rows.map((row) => row.split(',').slice(0, 4).join(','))).toEqual([
    'checkout,redesign,experiment,classic',
    'checkout,redesign,experiment,one_page',
    'checkout,checkout_everyone_classic,delivery,classic',
    'search,search_everyone_on,delivery,on',
  ]);
});

it('counts users who are in two experiments at a time', async () => {
  const datafile = buildShop();
  const [rule] = datafile.experiments as [Entity];
  datafile.experiments.push({ ...structuredClone(rule), id: '77', key: 'second', audienceConditions: [] });
  for (const flag of datafile.featureFlags) if (flag.key === 'search') flag.experimentIds = ['77'];
  const { stdout } = await runCli(['simulate', '-', '--users', '3000'], { input: JSON.stringify(datafile) });
  expect(stdout).toMatch(/Users in two experiments at a time:\n {2}redesign and second {2}[\d,]+ users {2}[\d.]+ %/);
});

it('counts the pairs of a hundred experiments without asking every user for each of them', {
  timeout: 15_000,
}, async () => {
  const datafile = buildShop();
  const [rule] = datafile.experiments as [Entity];
  const [flag] = datafile.featureFlags as [Entity];
  for (let number = 0; number < 100; number += 1) {
    datafile.experiments.push({
      ...structuredClone(rule),
      id: `r${number}`,
      key: `r${number}`,
      audienceConditions: [],
    });
    datafile.featureFlags.push({ ...flag, id: `f${number}`, key: `f${number}`, experimentIds: [`r${number}`] });
  }
  const { stdout } = await runCli(['simulate', '-', '--users', '20000', '--json'], { input: JSON.stringify(datafile) });
  const { overlaps } = JSON.parse(stdout);
  // Everyone is in each of the hundred, and a part of them in "redesign" as well.
  expect(overlaps).toHaveLength((101 * 100) / 2);
  expect(overlaps[0]).toEqual({ experiments: ['r0', 'r1'], users: 20_000, share: 1 });
  const others = overlaps.filter(({ experiments }: { experiments: string[] }) => experiments.includes('redesign'));
  expect(new Set(others.map(({ users }: { users: number }) => users)).size).toBe(1);
});

it('finds ids that land in a variation, and says so when there is none', async () => {
  const cwd = makeFolder({ 'datafile.json': buildShop() });
  const find = (variation: string, ...args: string[]) =>
    runCli(['find-user', 'datafile.json', '--flag', 'checkout', '--variation', variation, ...args], { cwd });
  const { code, stdout } = await find('one_page', '--count', '3', '--attribute', 'plan=gold');
  expect(code).toBe(0);
  const ids = stdout.trim().split('\n');
  expect(ids).toHaveLength(3);
  for (const id of ids) {
    const explained = await runCli(
      ['explain', 'datafile.json', '--flag', 'checkout', '--user', id, '--attribute', 'plan=gold', '--json'],
      { cwd },
    );
    expect(JSON.parse(explained.stdout).variationKey).toBe('one_page');
  }
  expect(await find('one_pag')).toEqual({
    code: 1,
    stdout: '',
    stderr: 'The flag "checkout" has no variation "one_pag"; its variations are "classic", "one_page".\n',
  });
  expect(await find('one_page')).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringContaining('None of 200,000 users gets variation "one_page" of flag "checkout"'),
  });
});
