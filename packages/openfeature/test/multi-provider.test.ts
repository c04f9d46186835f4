import { FirstMatchStrategy, InMemoryProvider, MultiProvider, OpenFeature } from '@openfeature/server-sdk';
import {
  InMemoryProvider as WebInMemory,
  MultiProvider as WebMultiProvider,
  OpenFeature as WebOpenFeature,
} from '@openfeature/web-sdk';
import { type Client, createClient, createStaticConfig } from 'sortition';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createServerProvider } from '../src/server.ts';
import { createWebProvider } from '../src/web.ts';
import { buildDatafile } from './flags.ts';

const ada = { targetingKey: 'ada' };
const OLD_FLAGS = {
  legacy: { variants: { on: true, off: false }, defaultVariant: 'on', disabled: false },
  switch: { variants: { on: true, off: false }, defaultVariant: 'off', disabled: false },
} as const;

let client: Client;
beforeEach(() => {
  client = createClient({ config: createStaticConfig({ datafile: buildDatafile() }), events: null, logger: false });
});
afterEach(async () => {
  await OpenFeature.clearProviders();
  await WebOpenFeature.clearProviders();
  await client.close();
});

describe('beside another provider in a multi-provider', () => {
  it('answers its own flags first on a server, and leaves the others to the next', async () => {
    const both = new MultiProvider(
      [{ provider: createServerProvider(client) }, { provider: new InMemoryProvider(OLD_FLAGS) }],
      new FirstMatchStrategy(),
    );
    await OpenFeature.setProviderAndWait(both);
    const flags = OpenFeature.getClient();
    expect(await flags.getBooleanDetails('switch', false, ada)).toMatchObject({ value: true, variant: 'on' });
    expect(await flags.getBooleanDetails('legacy', false, ada)).toMatchObject({ value: true, reason: 'STATIC' });
    expect(await flags.getBooleanDetails('missing', false, ada)).toMatchObject({ value: false, reason: 'ERROR' });
  });

  it('does not hide its other errors on a server', async () => {
    const both = new MultiProvider([
      { provider: createServerProvider(client) },
      { provider: new InMemoryProvider(OLD_FLAGS) },
    ]);
    await OpenFeature.setProviderAndWait(both);
    const details = await OpenFeature.getClient().getBooleanDetails('switch', false, {});
    // The multi-provider gathers errors under a code of its own.
    expect(details).toMatchObject({ value: false, reason: 'ERROR', errorCode: 'GENERAL' });
    expect(details.errorMessage).toMatch(/targeting ?key/i);
  });

  it('answers its own flags first in a browser', async () => {
    await WebOpenFeature.setContext(ada);
    const both = new WebMultiProvider([
      { provider: createWebProvider(client) },
      { provider: new WebInMemory(OLD_FLAGS) },
    ]);
    await WebOpenFeature.setProviderAndWait(both);
    const flags = WebOpenFeature.getClient();
    expect(flags.getBooleanValue('switch', false)).toBe(true);
    expect(flags.getBooleanValue('legacy', false)).toBe(true);
  });
});
