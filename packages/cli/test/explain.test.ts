import { expect, it } from 'vitest';
import { makeFolder, runCli } from './run-cli.ts';
import { buildShop } from './shop.ts';

it('says why a user gets what they get, as text and as JSON', async () => {
  const cwd = makeFolder({ 'datafile.json': buildShop() });
  const explain = (...args: string[]) => runCli(['explain', 'datafile.json', '--flag', 'checkout', ...args], { cwd });
  const member = await explain('--user', 'ada', '--attribute', 'plan=gold', '--attribute', 'age=30');
  expect(member.code).toBe(0);
  expect(member.stdout).toMatch(/^flag "checkout" is on: variation "one_page", by experiment "redesign"\n/);
  expect(member.stdout).toContain('[x] audience "Members"');
  const guest = JSON.parse((await explain('--user', 'ada', '--json')).stdout);
  expect(guest).toMatchObject({ flagKey: 'checkout', userId: 'ada', variationKey: 'classic', source: 'rollout' });
});

it.each([
  ['checkut', 'did you mean "checkout"?'],
  ['zzzzzzzz', 'its flags are "checkout", "search".'],
])('a flag "%s" that does not exist is wrong usage', async (flag, advice) => {
  const { code, stderr } = await runCli(['explain', '-', '--flag', flag, '--user', 'ada'], {
    input: JSON.stringify(buildShop()),
  });
  expect(code).toBe(2);
  expect(stderr).toBe(`sortition: The datafile has no flag "${flag}"; ${advice}\n`);
});
