import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, it } from 'vitest';
import { makeFolder, runCli } from './run-cli.ts';
import { buildShop, type Entity } from './shop.ts';

it('writes flags, events and attributes with the types of all their values', async () => {
  const { code, stdout, stderr } = await runCli(['types', '-'], { input: JSON.stringify(buildShop()) });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatchInlineSnapshot(`
    "/**
     * Flags, events and attributes of the project. Written by \`sortition types\`; changes are overwritten.
     */

    /** Flags by key, for \`createClient<Flags>(…)\` and \`createFlagHooks<Flags>()\`. */
    export interface Flags {
      checkout: {
        variations: 'classic' | 'one_page';
        variables: {
          readonly express: boolean;
          readonly label: string;
          readonly layout: {
            readonly columns: number;
            readonly order?: readonly string[];
          };
          readonly rate: number;
          readonly steps: number;
        };
      };
      search: {
        variations: 'on';
        variables: Record<never, never>;
      };
    }

    /** Keys of the flags. */
    export type FlagKey = keyof Flags;

    /** Keys of the events that can be tracked. */
    export type EventKey = 'purchase';

    /** Attributes by key; those of audiences with the types they are compared with. */
    export type Attributes = {
      plan?: string | null;
    };
    "
  `);
});

it('writes the same text for the same project, whatever the order and revision of its datafile', async () => {
  const datafile = buildShop();
  const shuffled = { ...datafile, revision: '77', featureFlags: [...datafile.featureFlags].reverse() };
  const [first, second] = await Promise.all(
    [datafile, shuffled].map((content) => runCli(['types', '-'], { input: JSON.stringify(content) })),
  );
  expect(second?.stdout).toBe(first?.stdout);
});

it('names what users in a holdout get among the variations of the flags it is for', async () => {
  const datafile = buildShop();
  const [{ id: ruleId }] = datafile.experiments as [Entity];
  const holdout = (id: string, key: string) => ({
    id,
    key: id,
    status: 'Running',
    variations: [{ id: `${id}1`, key, featureEnabled: false, variables: [] }],
    trafficAllocation: [{ entityId: `${id}1`, endOfRange: 500 }],
    audienceIds: [],
  });
  datafile.holdouts = [holdout('quarter', 'held_back')];
  datafile.localHoldouts = [{ ...holdout('redesigns', 'kept_out'), includedRules: [ruleId] }];
  const { stdout } = await runCli(['types', '-'], { input: JSON.stringify(datafile) });
  const unions = [...stdout.matchAll(/variations: (.+);/g)].map(([, union]) => union);
  expect(unions).toEqual(["'classic' | 'held_back' | 'kept_out' | 'one_page'", "'held_back' | 'on'"]);
});

it('says with --check whether the file is up to date, and writes nothing then', async () => {
  const cwd = makeFolder({ 'datafile.json': buildShop() });
  const check = () => runCli(['types', 'datafile.json', '-o', 'src/flags.ts', '--check'], { cwd });
  expect(await check()).toEqual({
    code: 1,
    stdout: '',
    stderr: 'src/flags.ts does not exist; run "sortition types" without --check to write it.\n',
  });
  const written = await runCli(['types', 'datafile.json', '-o', 'src/flags.ts'], { cwd });
  expect(written).toEqual({ code: 0, stdout: '', stderr: 'src/flags.ts: 2 flags, 1 event, 1 attribute\n' });
  expect(await check()).toEqual({ code: 0, stdout: '', stderr: '' });
  const file = join(cwd, 'src/flags.ts');
  writeFileSync(file, readFileSync(file, 'utf8').replace("'purchase'", "'sale'"));
  expect(await check()).toMatchObject({ code: 1, stderr: expect.stringContaining('src/flags.ts is not up to date') });
});

it('names the file of --output that cannot be read', async () => {
  const cwd = makeFolder({ 'datafile.json': buildShop() });
  mkdirSync(join(cwd, 'src'));
  const { code, stderr } = await runCli(['types', 'datafile.json', '-o', 'src'], { cwd });
  expect(stderr).toMatch(/^sortition: src cannot be read: .+\.\n$/);
  expect(code).toBe(2);
});

it('types a client, and the flag keys of OpenFeature: what does not fit does not compile', async () => {
  const { stdout } = await runCli(['types', '-', '--openfeature'], { input: JSON.stringify(buildShop()) });
  const code = `
import { OpenFeature } from '@openfeature/server-sdk';
import type { Client } from 'sortition';
import type { Attributes, EventKey, Flags } from './flags.ts';

export function use(client: Client<Flags>): void {
  const attributes: Attributes = { plan: 'gold' };
  const user = client.createUserContext('ada', attributes);
  const { variables, variationKey } = user.decide('checkout');
  const steps: number | undefined = variables.steps;
  const order: readonly string[] | undefined = variables.layout?.order;
  const key: 'classic' | 'one_page' | null = variationKey;
  const event: EventKey = 'purchase';
  user.trackEvent(event);
  void [steps, order, key];
  // @ts-expect-error
  user.decide('chekout');
  // @ts-expect-error
  void variables.stepz;
  const openFeature = OpenFeature.getClient();
  void openFeature.getBooleanValue('search', false);
  void openFeature.getNumberValue('checkout.steps', 1);
  // @ts-expect-error
  void openFeature.getNumberValue('checkout.label', 1);
}
`;
  expect(compile({ 'flags.ts': stdout, 'use.ts': code })).toEqual([]);
});

/** Compiles modules as if they were in this folder; returns what the compiler has against them. */
function compile(files: Readonly<Record<string, string>>): readonly string[] {
  const options: ts.CompilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    customConditions: ['@sortition/source'],
    allowImportingTsExtensions: true,
    skipLibCheck: true,
    types: ['node'],
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  const nameOf = (path: string) => Object.keys(files).find((name) => path === join(import.meta.dirname, name));
  host.fileExists = (path) => nameOf(path) !== undefined || fileExists(path);
  host.readFile = (path) => files[nameOf(path) ?? ''] ?? readFile(path);
  host.getSourceFile = (path, ...rest) => {
    const text = files[nameOf(path) ?? ''];
    return text === undefined ? getSourceFile(path, ...rest) : ts.createSourceFile(path, text, ts.ScriptTarget.ES2022);
  };
  const ambient = join(import.meta.dirname, '../../core/src/murmurhash-js.d.ts');
  const program = ts.createProgram([join(import.meta.dirname, 'use.ts'), ambient], options, host);
  const own = Object.keys(files).flatMap((name) => program.getSourceFile(join(import.meta.dirname, name)) ?? []);
  return own.flatMap((file) =>
    program.getSemanticDiagnostics(file).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')),
  );
}
