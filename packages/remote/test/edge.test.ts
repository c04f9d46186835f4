/** The main entry where there is no Node: as a bundler for browsers and workers sees it, in an edge runtime. */
import { fileURLToPath } from 'node:url';
import { EdgeVM } from '@edge-runtime/vm';
import { build, type Plugin } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { json, openServer } from './clients.ts';

/** Bundles code that imports the package by its name; anything of Node's in it fails the build. */
async function bundle(code: string): Promise<string> {
  const inputs: string[] = [];
  const watch: Plugin = {
    name: 'watch',
    setup: ({ onLoad }) => onLoad({ filter: /\.ts$/ }, ({ path }) => void inputs.push(path)),
  };
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: fileURLToPath(new URL('.', import.meta.url)) },
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    conditions: ['@sortition/source', 'worker'],
    plugins: [watch],
  });
  expect(inputs.filter((path) => path.includes('/node/'))).toEqual([]);
  expect(inputs.some((path) => path.endsWith('/remote-client.ts'))).toBe(true);
  return outputFiles[0]?.text ?? '';
}

describe('the main entry', () => {
  it('fetches in an edge runtime and in what a browser bundle holds', async () => {
    const server = await openServer(json({ a: { key: 'on', value: 'on' } }));
    const vm = new EdgeVM({ initialCode: 'globalThis.process = undefined; globalThis.Buffer = undefined;' });
    vm.evaluate(
      await bundle(`
        import { createCachedRemoteClient, createRemoteClient, variantValue } from '@sortition/remote';
        globalThis.run = async (serverUrl, user_id) => {
          const client = createCachedRemoteClient(createRemoteClient('client-key', { serverUrl }));
          const variants = await client.fetch({ user_id });
          return variantValue(variants, 'a', 'off');
        };`),
    );
    for (const userId of ['ü🚀', 'u'.repeat(9_000)]) {
      expect(await vm.evaluate(`run(${JSON.stringify(server.url)}, ${JSON.stringify(userId)})`)).toBe('on');
    }
    expect(server.requests.map(({ method }) => method)).toEqual(['GET', 'POST']);
  });
});
