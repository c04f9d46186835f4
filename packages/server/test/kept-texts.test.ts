import { SHOP_DATAFILE } from '@sortition/emulator/shop-datafile';
import { type Client, createClient, createStaticConfig, type DecideOption } from 'sortition';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createKeptTexts } from '../src/kept-texts.ts';

const clients: Client[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
});

function createShopClient(defaultDecideOptions: readonly DecideOption[]): Client {
  const datafile = JSON.stringify(SHOP_DATAFILE);
  const client = createClient({
    config: createStaticConfig({ datafile }),
    events: null,
    logger: false,
    defaultDecideOptions,
  });
  clients.push(client);
  return client;
}

describe.each<[string, readonly DecideOption[]]>([
  ['with variables', []],
  ['without variables', ['EXCLUDE_VARIABLES']],
])('texts of decisions %s', (_what, options) => {
  const write = vi.fn(() => 'text');
  afterEach(() => write.mockClear());

  it('are written once for all users of a variation', () => {
    const texts = createKeptTexts();
    const client = createShopClient(options);
    for (const userId of ['qa-robot', 'qa-robot', 'qa-robot']) {
      const decision = client.createUserContext(userId).decide('checkout');
      expect(texts.textOf(client, decision, 'name', write)).toBe('text');
    }
    expect(write).toHaveBeenCalledTimes(1);
  });

  it('go with the datafile: another client writes its own', () => {
    const texts = createKeptTexts();
    for (const client of [createShopClient(options), createShopClient(options)]) {
      for (const name of ['name', 'other', 'name', 'other']) {
        texts.textOf(client, client.createUserContext('qa-robot').decide('checkout'), name, write);
      }
    }
    expect(write).toHaveBeenCalledTimes(4);
  });

  it('are not kept of what is no decision', () => {
    const texts = createKeptTexts();
    const client = createShopClient(options);
    const decide = () => client.createUserContext('qa-robot').decide('none');
    for (let round = 0; round < 2; round += 1) texts.textOf(client, decide(), 'name', write);
    expect(write).toHaveBeenCalledTimes(2);
  });
});
