import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generateCalls } from '@sortition/differential/generate-calls';
import { generateDatafile } from '@sortition/differential/generate-datafile';
import { createOfficialClient } from '@sortition/differential/official-client';
import { createRandom } from '@sortition/differential/random';
import { createClient, createStaticConfig } from 'sortition';
import { describe, expect, it } from 'vitest';
import { makeFolder, runCli } from './run-cli.ts';

const FLAGS = `
import { audience, experiment, expectSplit, flag, rollout, variables } from '@sortition/authoring';

export const members = audience<'plan'>('Members', (user) => user.plan.in('member', 'gold'));

export const checkout = flag('checkout', {
  variables: variables({ steps: 4 }),
  variations: { classic: {}, one_page: { steps: 1 } },
  rules: [experiment('redesign', { audience: members, split: { classic: 40, one_page: 20 } }), rollout({ serve: 'classic' })],
  environments: { staging: [rollout({ serve: 'one_page' })] },
});

export const splitHolds = expectSplit(checkout, 'redesign', { user: { attributes: { plan: 'gold' } } });
`;

const TESTS = `
import { expectEveryBranch, expectVariation } from '@sortition/authoring';
import { checkout, members } from './shop.flags.ts';

export const guestsPayAsBefore = expectVariation(checkout, 'classic', { userId: 'ada' });
export const branches = [
  expectEveryBranch(members, [{ attributes: { plan: 'gold' } }, { attributes: { plan: 'member' } }, {}]),
  expectEveryBranch(checkout, [{ userId: 'user-1' }, ...Array.from({ length: 9 }, (_, index) => ({ userId: \`user-\${index}\`, attributes: { plan: 'gold' } }))]),
];
`;

/** A repository with flags and their tests. */
function makeRepository(
  files: Readonly<Record<string, string>> = { 'shop.flags.ts': FLAGS, 'shop.flags.test.ts': TESTS },
) {
  const cwd = makeFolder();
  mkdirSync(join(cwd, 'flags'));
  const write = (name: string, text: string) => writeFileSync(join(cwd, 'flags', name), text);
  for (const [name, text] of Object.entries(files)) write(name, text);
  return {
    cwd,
    write,
    build: (...args: string[]) => runCli(['build', 'flags', ...args], { cwd }),
    read: (name: string) => JSON.parse(readFileSync(join(cwd, name), 'utf8')),
  };
}

it('builds a datafile and its lock file, and says with --check whether they are up to date', async () => {
  const { cwd, build, read, write } = makeRepository();
  expect(await build('--check')).toMatchObject({
    code: 1,
    stderr: 'datafile.json and flags/sortition.lock.json are not up to date; run "sortition build" without --check.\n',
  });
  expect(existsSync(join(cwd, 'datafile.json'))).toBe(false);
  expect(await build()).toEqual({
    code: 0,
    stdout: '',
    stderr: 'datafile.json: revision 1, 1 flag, 4 assertions held\n',
  });
  const first = read('datafile.json');
  expect(read('flags/sortition.lock.json').environments.default).toEqual(first);
  expect((await runCli(['check', 'datafile.json'], { cwd })).code).toBe(0);
  expect(await build('--check')).toMatchObject({ code: 0, stderr: '' });
  expect((await build()).stderr).toBe('datafile.json: revision 1, 1 flag, 4 assertions held (unchanged)\n');
  write('shop.flags.ts', FLAGS.replace('one_page: 20', 'one_page: 35'));
  expect((await build('--check')).code).toBe(1);
});

it('gives growing shares free buckets, so that no user of an experiment moves', async () => {
  const { cwd, build, read, write } = makeRepository();
  await build();
  const before = read('datafile.json');
  write('shop.flags.ts', FLAGS.replace('one_page: 20', 'one_page: 35'));
  const { code, stderr } = await build();
  expect(code).toBe(0);
  expect(stderr).toContain('one_page by redesign  the split of rule "redesign" has the user now');
  writeFileSync(join(cwd, 'before.json'), JSON.stringify(before));
  const { users } = JSON.parse((await runCli(['diff', 'before.json', 'datafile.json', '--json'], { cwd })).stdout);
  for (const { moves } of users.flags) for (const { from } of moves) expect(from.rule).not.toBe('redesign');
});

it('refuses a build that moves users, says how many, and records the reason that lets it pass', async () => {
  const { build, read, write } = makeRepository();
  await build();
  const before = read('datafile.json');
  write('shop.flags.ts', FLAGS.replace('one_page: 20', 'one_page: 5'));
  const refused = await build();
  expect(refused.code).toBe(1);
  expect(refused.stderr).toMatch(
    /^ {4}[\d,]+ \([\d.]+ %\) {2}one_page by redesign -> classic by checkout_everyone_classic {2}the split of rule "redesign" no longer has the user/m,
  );
  expect(refused.stderr).toContain(
    'The split of "redesign" of flag "checkout" takes 15 % of all traffic from its variation.\n',
  );
  expect(refused.stderr).toContain('give a reason with --allow-moves "<reason>", which is recorded');
  expect(read('datafile.json')).toEqual(before);
  expect((await build('--allow-moves', 'the redesign won')).code).toBe(0);
  expect(read('flags/sortition.lock.json').moves).toEqual([
    {
      environment: 'default',
      revision: '2',
      reason: 'the redesign won',
      moves: [{ flagKey: 'checkout', ruleKey: 'redesign', movedShare: 15, reason: 'split' }],
    },
  ]);
});

it('refuses as well when an audience takes users out of an experiment', async () => {
  const { build, write } = makeRepository({ 'shop.flags.ts': FLAGS });
  await build();
  write('shop.flags.ts', FLAGS.replace("user.plan.in('member', 'gold')", "user.plan.is('gold')"));
  const { code, stderr } = await build();
  expect(code).toBe(1);
  expect(stderr).toContain('the audience of rule "redesign" no longer has the user');
});

it('keeps environments apart in one lock file', async () => {
  const { build, read } = makeRepository({ 'shop.flags.ts': FLAGS.replace('export const splitHolds', 'const unused') });
  await build();
  expect((await build('--environment', 'staging', '-o', 'staging.json')).code).toBe(0);
  const { environments } = read('flags/sortition.lock.json');
  expect(Object.keys(environments)).toEqual(['default', 'staging']);
  expect(read('staging.json')).toMatchObject({ environmentKey: 'staging', experiments: [] });
  expect((await build('--check')).code).toBe(0);
});

describe('an assertion that does not hold stops the build', () => {
  it.each([
    [
      "expectVariation(checkout, 'one_page', { userId: 'ada' })",
      'User "ada" gets "classic" by rule "checkout_everyone_classic" of flag "checkout"; expected "one_page".',
    ],
    [
      "expectSplit(checkout, 'redesign')",
      'Rule "redesign" of flag "checkout" serves none of 10000 ids; give the attributes its audience asks for.',
    ],
    ["expectSplit(checkout, 'gone')", 'Flag "checkout" has no rule "gone".'],
    [
      "expectEveryBranch(members, [{ attributes: { plan: 'gold' } }, {}])",
      'The condition plan is "member" of audience "Members" holds for none of the 2 users; add one that meets it.',
    ],
    [
      "expectEveryBranch(members, [{ attributes: { plan: 'gold' } }, { attributes: { plan: 'gold' } }])",
      'The condition plan is "gold" of audience "Members" holds for all 2 users; add one that does not meet it.',
    ],
    [
      'expectEveryBranch(checkout, [{}])',
      'Rule "redesign" of flag "checkout" serves none of the 1 users; add one it is for.',
    ],
  ])('%s', async (assertion, message) => {
    const { cwd, build } = makeRepository({
      'shop.flags.ts': FLAGS,
      'shop.flags.test.ts': `import { expectEveryBranch, expectSplit, expectVariation } from '@sortition/authoring';
import { checkout, members } from './shop.flags.ts';
export const wrong = ${assertion};
`,
    });
    const { code, stderr } = await build();
    expect(code).toBe(1);
    expect(stderr).toContain(`failed: wrong in flags/shop.flags.test.ts\n  ${message}\n`);
    expect(existsSync(join(cwd, 'datafile.json'))).toBe(false);
  });
});

it.each([
  [{ 'shop.flags.ts': 'export const broken = (' }, /^sortition: The file flags\/shop\.flags\.ts cannot be loaded: /],
  [
    { 'readme.md': '' },
    /^sortition: The folder "flags" has no flags; expected files that are called \*\.flags\.ts\.\n$/,
  ],
  [
    { 'shop.flags.ts': FLAGS.replace("serve: 'classic'", "serve: 'classy'") },
    /cannot be loaded: A rule of flag "checkout" serves "classy", which is not a variation of the flag; expected classic, one_page\./,
  ],
  [
    { 'shop.flags.ts': FLAGS, 'sortition.lock.json': '{}' },
    /^sortition: The lock file flags\/sortition\.lock\.json cannot be used: /,
  ],
])('a folder that cannot be built is one sentence with exit code 2', async (files, message) => {
  const { code, stderr } = await makeRepository(files as unknown as Record<string, string>).build();
  expect(code).toBe(2);
  expect(stderr).toMatch(message);
});

describe('the code of a datafile builds it again, with every id', () => {
  const shop = fileURLToPath(new URL('../../emulator/src/shop-datafile.json', import.meta.url));
  const shared = fileURLToPath(new URL('../../../../shared/datafiles/', import.meta.url));
  const samples = existsSync(shared) ? readdirSync(shared).filter((name) => name.endsWith('.json')) : [];

  it.each([shop, ...samples.map((name) => join(shared, name))])('%s', async (path) => {
    await importAndBuild(path, 100_000);
  });

  it('generated datafiles, with everything that the official SDK tolerates', async () => {
    for (let seed = 1; seed <= 8; seed += 1) {
      const datafile = generateDatafile(createRandom(seed), 'sync');
      const folder = makeFolder({ 'old.json': datafile });
      await importAndBuild(join(folder, 'old.json'), 1_000);
    }
  });
});

async function importAndBuild(path: string, users: number): Promise<void> {
  const cwd = makeFolder();
  const imported = await runCli(['build', 'flags', '--from', path, '--users', '1000'], { cwd });
  expect([path, imported.code, imported.stderr]).toEqual([
    path,
    0,
    expect.stringContaining('simulated users get what they got.\n'),
  ]);
  const built = await runCli(['build', 'flags', '-o', 'new.json'], { cwd });
  expect([path, built.code, built.stderr]).toEqual([path, 0, expect.stringMatching(/^new\.json: revision \d+, /)]);
  const { code, stdout } = await runCli(
    ['diff', path, 'new.json', '--users', `${users}`, '--fail-on', 'users', '--json'],
    { cwd },
  );
  const comparison = JSON.parse(stdout);
  expect([path, comparison.users, code]).toEqual([path, { simulated: users, changed: 0, flags: [] }, 0]);
  const ids = (document: { featureFlags: { id: string }[]; experiments: { id: string }[] }) =>
    [document.featureFlags, document.experiments].map((list) => list.map(({ id }) => id).sort());
  const [old, now] = [path, join(cwd, 'new.json')].map((file) => JSON.parse(readFileSync(file, 'utf8')));
  expect(ids(now)).toEqual(ids(old));
  expectSameOfOfficial(old, now, path);
}

/** The official SDK decides on what was built as on what was imported, and our client does as well. */
function expectSameOfOfficial(old: Parameters<typeof generateCalls>[1], now: object, path: string): void {
  const [before, after] = [createOfficialClient(old), createOfficialClient(now)];
  const ours = createClient({ config: createStaticConfig({ datafile: now }), events: null, logger: false });
  for (const { userId, attributes, segments } of generateCalls(createRandom(7), old, 'sync', 200)) {
    const [expected, actual, own] = [before, after, ours].map((client) => {
      const user = client.createUserContext(userId, attributes as never);
      user.qualifiedSegments = segments === null ? null : [...segments];
      // Flags and variables by key: their order is that of the code, which is no part of a decision.
      return Object.fromEntries(
        Object.entries(user.decideAll()).map(([key, { variationKey, enabled, variables, ruleKey }]) => [
          key,
          { variationKey, enabled, variables, ruleKey },
        ]),
      );
    });
    expect([path, userId, actual]).toEqual([path, userId, expected]);
    expect([path, userId, own]).toEqual([path, userId, expected]);
  }
}
