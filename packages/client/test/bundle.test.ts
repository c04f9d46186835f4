/** What is not passed or called is not in a bundle. */
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { expect, it } from 'vitest';

/** Names of the modules of this package that are in the bundle of a program. */
async function modulesOf(code: string): Promise<readonly string[]> {
  const { metafile } = await build({
    stdin: { contents: code, resolveDir: import.meta.dirname, loader: 'ts' },
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'browser',
    conditions: ['@sortition/source'],
    absWorkingDir: fileURLToPath(new URL('../../', import.meta.url)),
  });
  return Object.values(metafile.outputs)
    .flatMap(({ inputs }) => Object.entries(inputs))
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([path]) => path.replace(/^client\/src\//, ''));
}

const program = (names: string, parts: string) => `
  import { createClient, ${names} } from '../src/index.ts';
  globalThis.run = (config, given) => createClient({ config, parts: [${parts}] }).createUserContext('ada').decide('flag');
`;

it.each([
  ['nothing', program('', ''), []],
  ['texts', program('reasonTexts', 'reasonTexts'), ['parts/reason-texts.ts']],
  ['events', program('recordTo', 'recordTo(given)'), ['parts/record-to.ts']],
  ['assignments', program('sticky', 'sticky(given)'), ['parts/profiles/guarded-store.ts', 'parts/sticky.ts']],
  ['bandits', program('bandits', 'bandits(given)'), ['parts/bandits.ts']],
  ['ODP', program('platform', 'platform(given)'), ['parts/platform.ts', 'parts/segments.ts']],
])('a client with %s carries the parts it needs and no other', async (_what, code, wanted) => {
  const features =
    /^(parts\/(reason-texts|record-to|sticky|bandits|platform|segments|profiles\/guarded-store)|functions\/.*|snapshot)\.ts$/;
  const modules = await modulesOf(code);
  expect(modules).toContain('compose-client.ts');
  expect(modules.filter((path) => features.test(path)).sort()).toEqual(wanted);
});

it('has nothing but the rules and the request utilities below it', async () => {
  const modules = await modulesOf("export * from '../src/index.ts';");
  const packages = new Set(modules.flatMap((path) => /^([\w-]+)\/src\//.exec(path)?.[1] ?? []));
  expect([...packages].sort()).toEqual(['core', 'http']);
});
