import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { makeFolder, runCli } from './run-cli.ts';
import { buildShop } from './shop.ts';

/** Code that uses keys in every way there is; `decide` in comments and texts is no usage. */
const CODE = {
  'keys.ts': `export const CHECKOUT = 'checkout' as const;
export enum Flag { Search = 'search' }
`,
  'shop.tsx': `import { CHECKOUT, Flag } from './keys';
declare const user: any, client: any, openFeature: any, useDecision: any, decideAsync: any;
// user.decide('in-a-comment')
const text = "user.decide('in-a-text')";
user.decide(CHECKOUT);
decideAsync(user, Flag.Search);
export const Page = () => <p>{useDecision('checkout').variationKey}</p>;
user.decideForKeys(['search', 'serach']);
openFeature.getNumberValue('checkout.steps', 4);
user.setForcedDecision({ flagKey: 'forced', ruleKey: null }, { variationKey: 'on' });
user.trackEvent('purchase', { value: 1 });
user.track('sale');
export function generic(key: 'checkout' | 'search' | 'gone') { return user.decide(key); }
[1].filter((decide) => decide);
`,
};

function makeProject(code: Readonly<Record<string, string>> = CODE): string {
  const cwd = makeFolder({ 'datafile.json': buildShop() });
  mkdirSync(join(cwd, 'src/node_modules'), { recursive: true });
  for (const [name, content] of Object.entries(code)) writeFileSync(join(cwd, 'src', name), content);
  writeFileSync(join(cwd, 'src/node_modules/other.js'), "user.decide('of-a-dependency');");
  return cwd;
}

it('finds keys in calls, constants, enumerations, lists and addresses, and nothing in comments and texts', async () => {
  const { code, stdout } = await runCli(['usage', 'src', '--datafile', 'datafile.json', '--json'], {
    cwd: makeProject(),
  });
  expect(code).toBe(1);
  const { used, findings } = JSON.parse(stdout);
  const places = ({ places }: { places: { file: string; line: number; call: string }[] }) =>
    places.map(({ file, line, call }) => `${file}:${line} ${call}`);
  expect(
    used.map((entry: { kind: string; key: string; places: never[] }) => [entry.kind, entry.key, places(entry)]),
  ).toEqual([
    ['flag', 'checkout', ['src/shop.tsx:5 decide', 'src/shop.tsx:7 useDecision', 'src/shop.tsx:9 getNumberValue']],
    ['flag', 'forced', ['src/shop.tsx:10 setForcedDecision']],
    ['flag', 'search', ['src/shop.tsx:6 decideAsync', 'src/shop.tsx:8 decideForKeys']],
    ['flag', 'serach', ['src/shop.tsx:8 decideForKeys']],
    ['event', 'purchase', ['src/shop.tsx:11 trackEvent']],
    ['event', 'sale', ['src/shop.tsx:12 track']],
  ]);
  expect(findings.map(({ code, key, message }: Record<string, string>) => [code, key, message])).toEqual([
    ['unknown-flag', 'forced', 'The datafile has no flag "forced".'],
    ['unknown-flag', 'serach', 'The datafile has no flag "serach"; did you mean "search"?'],
    ['unknown-event', 'sale', 'The datafile has no event "sale".'],
    [
      'stale-flag',
      'search',
      'The flag "search" serves "on" to every user; keep that in the code and take the flag out.',
    ],
    ['dynamic-key', null, 'The key of this flag is known only when the code runs.'],
  ]);
});

it('lists unused keys, annotates places for GitHub, and ends by the chosen level', async () => {
  const cwd = makeProject({ 'page.ts': "declare const user: any;\nuser.decide('checkout');\n" });
  const run = (...args: string[]) => runCli(['usage', 'src', '--datafile', 'datafile.json', ...args], { cwd });
  expect(await run()).toEqual({
    code: 0,
    stderr: '',
    stdout: [
      'flag checkout: 1 place',
      '  src/page.ts:2:13 decide',
      'warning unused-flag: The flag "search" is not used.',
      'warning unused-event: The event "purchase" is not used.',
      '',
    ].join('\n'),
  });
  const annotated = await run('--format', 'github', '--level', 'warning');
  expect(annotated.code).toBe(1);
  expect(annotated.stdout).toContain(
    '::warning file=datafile.json,line=1,title=unused-flag::The flag "search" is not used.\n',
  );
});

it.each([
  [['missing'], 'sortition: There is no file or folder "missing"; give the code to look through.\n'],
  [['datafile.json', 'empty'], /^sortition: There is no file or folder "empty"/],
])('%j is wrong usage', async (paths, message) => {
  const { code, stderr } = await runCli(['usage', ...paths, '--datafile', 'datafile.json'], { cwd: makeProject() });
  expect(code).toBe(2);
  if (typeof message === 'string') expect(stderr).toBe(message);
  else expect(stderr).toMatch(message);
});

it('says how to install the compiler where it is not installed', async () => {
  const cwd = makeProject();
  cpSync(fileURLToPath(new URL('../dist', import.meta.url)), join(cwd, 'program/dist'), { recursive: true });
  writeFileSync(join(cwd, 'program/package.json'), '{ "type": "module", "version": "1.2.3" }');
  mkdirSync(join(cwd, 'program/node_modules'));
  const installed = fileURLToPath(new URL('../node_modules', import.meta.url));
  for (const name of readdirSync(installed).filter((entry) => entry !== 'typescript'))
    symlinkSync(join(installed, name), join(cwd, 'program/node_modules', name));
  const args = [join(cwd, 'program/dist/main.js'), 'usage', 'src', '--datafile', 'datafile.json'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd, encoding: 'utf8' });
  expect({ status, stdout, stderr }).toEqual({
    status: 2,
    stdout: '',
    stderr:
      'sortition: "usage" reads code with the TypeScript compiler, which is not installed; run "npm install --save-dev typescript".\n',
  });
});
