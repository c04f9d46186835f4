import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generateCalls } from '@sortition/differential/generate-calls';
import { generateDatafile } from '@sortition/differential/generate-datafile';
import { createOfficialClient } from '@sortition/differential/official-client';
import { createRandom, type Random } from '@sortition/differential/random';
import { createClient, createStaticConfig, type UserContext } from 'sortition';
import { describe, expect, it } from 'vitest';
import { makeFolder, runCli } from './run-cli.ts';
import { buildShop, type Entity, type ShopDatafile } from './shop.ts';

interface Move {
  readonly from: object;
  readonly to: object;
  readonly why: { readonly code: string; readonly text: string };
  readonly users: number;
}

/** A revision of the shop, and what is said of it. */
interface Revision {
  readonly what: string;
  change(datafile: ShopDatafile): void;
  readonly change_: { kind: string; entity: string; key: string; detail: string; breaking: boolean };
  /** The reason that users move for; absent when none do. */
  readonly why?: string;
}

const first = <T>(list: readonly T[]): T => list[0] as T;
const rule = ({ experiments }: ShopDatafile) =>
  first(experiments) as Entity & {
    key: string;
    trafficAllocation: { entityId: string; endOfRange: number }[];
    variations: { id: string; key: string; featureEnabled: boolean; variables: { id: string; value: string }[] }[];
  };

const REVISIONS: readonly Revision[] = [
  {
    what: 'another split',
    change: (datafile) => {
      first(rule(datafile).trafficAllocation).endOfRange = 7_000;
    },
    change_: {
      kind: 'changed',
      entity: 'rule',
      key: 'checkout/redesign',
      detail: 'split: classic 50 %, one_page 50 % -> classic 30 %, one_page 70 %',
      breaking: false,
    },
    why: 'split',
  },
  {
    what: 'an experiment that is paused',
    change: (datafile) => Object.assign(rule(datafile), { status: 'Paused' }),
    change_: {
      kind: 'changed',
      entity: 'rule',
      key: 'checkout/redesign',
      detail: 'status: Running -> Paused',
      breaking: false,
    },
    why: 'rule-stopped',
  },
  {
    what: 'an audience with another condition',
    change: ({ typedAudiences }) =>
      Object.assign(first(typedAudiences), {
        conditions: ['or', { type: 'custom_attribute', name: 'plan', match: 'exact', value: 'gold' }],
      }),
    change_: {
      kind: 'changed',
      entity: 'audience',
      key: 'Members',
      detail: 'conditions: plan is "member" or plan is "gold" -> plan is "gold"',
      breaking: false,
    },
    why: 'audience',
  },
  {
    what: 'a user on the allow-list',
    change: (datafile) =>
      Object.assign(rule(datafile), { forcedVariations: { ada: 'one_page', grace: 'one_page', joan: 'one_page' } }),
    change_: {
      kind: 'changed',
      entity: 'rule',
      key: 'checkout/redesign',
      detail: 'allow-list: nothing -> ada = one_page, grace = one_page, joan = one_page',
      breaking: false,
    },
    why: 'allow-list',
  },
  {
    what: 'an experiment with another id',
    change: (datafile) => {
      for (const flag of datafile.featureFlags) if (flag.key === 'checkout') flag.experimentIds = ['other'];
      rule(datafile).id = 'other';
    },
    change_: {
      kind: 'changed',
      entity: 'rule',
      key: 'checkout/redesign',
      detail: expect.stringMatching(/^id: \d+ -> other$/),
      breaking: false,
    },
    why: 'rule-id',
  },
  {
    what: 'an experiment that is gone with a variation, which breaks callers',
    change: (datafile) => {
      datafile.experiments = [];
      for (const flag of datafile.featureFlags) flag.experimentIds = [];
    },
    change_: { kind: 'removed', entity: 'variation', key: 'checkout/one_page', detail: '', breaking: true },
    why: 'rule-removed',
  },
  {
    what: 'another value of a variable',
    change: (datafile) => {
      for (const variation of rule(datafile).variations)
        if (variation.key === 'one_page') first(variation.variables).value = '2';
    },
    change_: {
      kind: 'changed',
      entity: 'variation',
      key: 'checkout/one_page',
      detail: expect.stringContaining('steps = "1" -> on'),
      breaking: false,
    },
    why: 'values',
  },
  {
    what: 'a holdout',
    change: (datafile) => {
      datafile.holdouts = [
        {
          id: 'h',
          key: 'quarter',
          status: 'Running',
          variations: [{ id: 'o', key: 'off', featureEnabled: false }],
          trafficAllocation: [{ entityId: 'o', endOfRange: 1_000 }],
        },
      ];
    },
    change_: { kind: 'added', entity: 'holdout', key: 'quarter', detail: '', breaking: false },
    why: 'holdout',
  },
  {
    what: 'a flag that is gone, which breaks callers',
    change: (datafile) => {
      datafile.featureFlags = datafile.featureFlags.filter(({ key }) => key !== 'search');
    },
    change_: { kind: 'removed', entity: 'flag', key: 'search', detail: '', breaking: true },
    why: 'flag-removed',
  },
  {
    what: 'a variable of another type, which breaks callers',
    change: ({ featureFlags }) => {
      for (const variable of first(featureFlags).variables as { key: string; type: string }[])
        if (variable.key === 'label') variable.type = 'integer';
    },
    change_: {
      kind: 'changed',
      entity: 'variable',
      key: 'checkout/label',
      detail: 'type: string -> integer',
      breaking: true,
    },
    why: 'values',
  },
  {
    what: 'an event that is gone, which breaks callers',
    change: (datafile) => {
      datafile.events = [];
    },
    change_: { kind: 'removed', entity: 'event', key: 'purchase', detail: '', breaking: true },
  },
];

describe('tells by meaning, and why users move', () => {
  it.each(REVISIONS)('$what', async ({ change, change_, why }) => {
    const [old, now] = [buildShop(), buildShop()];
    change(now);
    const cwd = makeFolder({ 'old.json': old, 'new.json': now });
    const { code, stdout } = await runCli(['diff', 'old.json', 'new.json', '--users', '2000', '--json'], { cwd });
    const { changes, users } = JSON.parse(stdout);
    expect(changes).toContainEqual(change_);
    const codes = users.flags.flatMap(({ moves }: { moves: Move[] }) => moves.map((move) => move.why.code));
    expect([...new Set(codes)]).toEqual(why === undefined ? [] : [why]);
    expect(code).toBe(1);
    const breaking = await runCli(['diff', 'old.json', 'new.json', '--users', '0', '--fail-on', 'breaking'], { cwd });
    expect(breaking.code).toBe(change_.breaking ? 1 : 0);
    expect(breaking.stdout.includes('BREAKS CALLERS')).toBe(change_.breaking);
  });
});

it('sees no difference in other ids of variations, another order of keys and another revision', async () => {
  const datafile = buildShop();
  const text = JSON.stringify({ ...Object.fromEntries(Object.entries(datafile).reverse()), revision: '9' });
  const ids = new Set(rule(datafile).variations.map(({ id }) => id));
  const other = [...ids].reduce((result, id) => result.replaceAll(`"${id}"`, `"other-${id}"`), text);
  const cwd = makeFolder({ 'old.json': datafile, 'new.json': other });
  expect(await runCli(['diff', 'old.json', 'new.json'], { cwd })).toEqual({
    code: 0,
    stderr: '',
    stdout: [
      'revision 1 -> 9: no difference in meaning',
      '',
      'Of 10,000 simulated users, 0 (0 %) get another variation of at least one flag.',
      '',
    ].join('\n'),
  });
});

it('writes a comparison for people, and as Markdown for a pull request', async () => {
  const now = buildShop();
  first(rule(now).trafficAllocation).endOfRange = 7_000;
  const cwd = makeFolder({ 'old.json': buildShop(), 'new.json': now });
  const run = (...args: string[]) => runCli(['diff', 'old.json', 'new.json', '--users', '1000', ...args], { cwd });
  const text = (await run()).stdout;
  expect(text).toContain(
    '  ~ rule checkout/redesign  split: classic 50 %, one_page 50 % -> classic 30 %, one_page 70 %\n',
  );
  expect(text).toMatch(
    / {4}\d+ \([\d.]+ %\) {2}classic by redesign -> one_page by redesign {2}the split of rule "redesign" changed \(such as "user-\d+"\)/,
  );
  const markdown = (await run('--format', 'markdown')).stdout;
  expect(markdown).toMatch(/^### Datafile: revision 1 to 1\n/);
  expect(markdown).toContain('| changed | rule | `checkout/redesign` | split: classic 50 %, one_page 50 % → ');
  expect(markdown).toMatch(/\| `checkout` \| \d+ \([\d.]+ %\) \| classic by redesign \| one_page by redesign \|/);
});

it('takes users from a CSV file and says which cell it does not understand', async () => {
  const now = buildShop();
  Object.assign(rule(now), { status: 'Paused' });
  const cwd = makeFolder({
    'old.json': buildShop(),
    'new.json': now,
    'users.csv': 'userId,plan\nada,gold\ngrace,none\n"katherine, j.",member\n',
    'wrong.csv': 'name,plan\nada,gold\n',
  });
  const run = (file: string) => runCli(['diff', 'old.json', 'new.json', '--attributes', file, '--json'], { cwd });
  expect(JSON.parse((await run('users.csv')).stdout).users).toMatchObject({ simulated: 3 });
  expect(await run('wrong.csv')).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(
      /^sortition: The file of users, wrong\.csv, has no column of ids; expected a header with "userId"/,
    ),
  });
});

it('counts on 50 revisions of generated datafiles what one decision after the other comes to, of ours and of the official SDK', async () => {
  let moved = 0;
  for (let seed = 1; seed <= 50; seed += 1) {
    const random = createRandom(seed);
    const old = generateDatafile(random, 'sync');
    const now = structuredClone(old);
    const revised = revise(random, now as unknown as ShopDatafile);
    const users = generateCalls(random, old, 'sync', 150).map(({ userId, attributes = {}, segments }) =>
      JSON.parse(JSON.stringify({ userId, attributes, ...(segments !== null && { segments }) })),
    );
    const files = makeFolder({ 'old.json': old, 'new.json': now, 'users.json': users });
    const args = ['old.json', 'new.json', '--attributes', 'users.json', '--json', '--fail-on', 'users'];
    const { code, stdout, stderr } = await runCli(['diff', ...args], { cwd: files });
    expect(stderr).toBe('');
    const found = countMoves(stdout);
    const expected = bruteForce([old, now], users, createOurs);
    expect([seed, revised, found]).toEqual([seed, revised, Object.fromEntries(expected)]);
    expect([seed, revised, found]).toEqual([
      seed,
      revised,
      Object.fromEntries(bruteForce([old, now], users, createOfficial)),
    ]);
    expect(code).toBe(expected.size > 0 ? 1 : 0);
    moved += expected.size;
  }
  expect(moved).toBeGreaterThan(100);
});

const shared = fileURLToPath(new URL('../../../../shared/datafiles/', import.meta.url));
const samples = existsSync(shared) ? readdirSync(shared).filter((name) => name.endsWith('.json')) : [];

it.each([
  fileURLToPath(new URL('../../emulator/src/shop-datafile.json', import.meta.url)),
  ...samples.map((name) => join(shared, name)),
])('counts on revisions of a real datafile who gets something else from the official SDK: %s', async (path) => {
  const old = JSON.parse(readFileSync(path, 'utf8'));
  for (let seed = 1; seed <= 3; seed += 1) {
    const random = createRandom(seed);
    const now = structuredClone(old);
    const revised = revise(random, now);
    const users = generateCalls(random, old, 'sync', 200).map(({ userId, attributes = {}, segments }) =>
      JSON.parse(JSON.stringify({ userId, attributes, ...(segments !== null && { segments }) })),
    );
    const cwd = makeFolder({ 'new.json': now, 'users.json': users });
    const { stdout } = await runCli(['diff', path, 'new.json', '--attributes', 'users.json', '--json'], { cwd });
    const expected = bruteForce([old, now], users, createOfficial);
    expect([seed, revised, countMoves(stdout)]).toEqual([seed, revised, Object.fromEntries(expected)]);
  }
});

/** Users by flag and by what they had and get. */
function countMoves(stdout: string): Readonly<Record<string, number>> {
  const found = new Map<string, number>();
  for (const { flagKey, moves } of JSON.parse(stdout).users.flags) {
    for (const { from, to, users } of moves as Move[]) {
      const name = JSON.stringify([flagKey, from, to]);
      found.set(name, (found.get(name) ?? 0) + users);
    }
  }
  return Object.fromEntries(found);
}

/** Changes a datafile in one to three places; says how. */
function revise(random: Random, datafile: ShopDatafile): readonly string[] {
  const rules = [
    ...datafile.experiments,
    ...(datafile.rollouts ?? []).flatMap(({ experiments }) => experiments),
    ...((datafile.groups ?? []) as { experiments: Entity[] }[]).flatMap(({ experiments }) => experiments),
    ...((datafile.holdouts ?? []) as Entity[]),
  ] as ReturnType<typeof rule>[];
  const edits: Record<string, () => void> = {
    split() {
      for (const range of random.pick(rules).trafficAllocation) range.endOfRange = Math.floor(range.endOfRange * 0.6);
    },
    // Of all rules with one key: the official SDK takes the status of one of them for all, which is a listed deviation.
    status() {
      const { key } = random.pick(rules);
      const status = random.pick(['Running', 'Paused']);
      for (const each of rules) if (each.key === key) Object.assign(each, { status });
    },
    audience: () => Object.assign(random.pick(rules), { audienceConditions: [], audienceIds: [] }),
    id() {
      datafile.featureFlags = datafile.featureFlags.slice(1);
    },
    values() {
      for (const { variables = [] } of random.pick(rules).variations) for (const usage of variables) usage.value = '7';
    },
    enabled() {
      for (const variation of random.pick(rules).variations) variation.featureEnabled = !variation.featureEnabled;
    },
    list: () => Object.assign(random.pick(rules), { forcedVariations: {} }),
  };
  const names = Array.from({ length: random.between(1, 3) }, () => random.pick(Object.keys(edits)));
  if (rules.length > 0) for (const name of names) edits[name]?.();
  return names;
}

type AskedUser = Pick<UserContext, 'decide' | 'qualifiedSegments'>;
type CreateAsked = (datafile: object) => { createUserContext(userId: string, attributes: object): AskedUser };

const createOurs: CreateAsked = (datafile) =>
  createClient({ config: createStaticConfig({ datafile }), events: null, logger: false }) as ReturnType<CreateAsked>;

const createOfficial = createOfficialClient as unknown as CreateAsked;

/** What every user gets of every flag, asked of a client one at a time. */
function bruteForce(
  [old, now]: readonly [object, object],
  users: readonly { userId: string; attributes: object; segments?: string[] }[],
  create: CreateAsked,
): Map<string, number> {
  const found = new Map<string, number>();
  const clients = [old, now].map(create);
  const keys = new Set([old, now].flatMap((file) => (file as ShopDatafile).featureFlags.map(({ key }) => String(key))));
  for (const { userId, attributes, segments } of users) {
    for (const flagKey of keys) {
      const [before, after] = clients.map((client) => {
        const user = client.createUserContext(userId, attributes);
        if (segments !== undefined) user.qualifiedSegments = segments;
        const { variationKey, ruleKey, enabled, variables } = user.decide(flagKey);
        return { served: { rule: ruleKey, variation: variationKey }, enabled, variables };
      });
      const isSame = (part: 'enabled' | 'variables') =>
        JSON.stringify(before?.[part]) === JSON.stringify(after?.[part]);
      const isSameVariation = before?.served.variation === after?.served.variation;
      if (isSameVariation && isSame('enabled') && isSame('variables')) continue;
      const name = JSON.stringify([flagKey, before?.served, after?.served]);
      found.set(name, (found.get(name) ?? 0) + 1);
    }
  }
  return found;
}
