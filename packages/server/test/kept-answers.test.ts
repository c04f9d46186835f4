import { SHOP_DATAFILE } from '@sortition/emulator/shop-datafile';
import { type Client, createClient, createStaticConfig, type DecideOption } from 'sortition';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createKeptAnswers } from '../src/kept-answers.ts';

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
    const textOf = createKeptAnswers(write);
    const client = createShopClient(options);
    for (const userId of ['qa-robot', 'qa-robot', 'qa-robot']) {
      const decision = client.createUserContext(userId).decide('checkout');
      expect(textOf(client, decision, 'name')).toBe('text');
    }
    expect(write).toHaveBeenCalledTimes(1);
  });

  it('go with the datafile: another client writes its own', () => {
    const textOf = createKeptAnswers(write);
    for (const client of [createShopClient(options), createShopClient(options)]) {
      for (const name of ['name', 'other', 'name', 'other']) {
        textOf(client, client.createUserContext('qa-robot').decide('checkout'), name);
      }
    }
    expect(write).toHaveBeenCalledTimes(4);
  });

  it('are not kept of what is no decision', () => {
    const textOf = createKeptAnswers(write);
    const client = createShopClient(options);
    const decide = () => client.createUserContext('qa-robot').decide('none');
    for (let round = 0; round < 2; round += 1) textOf(client, decide(), 'name');
    expect(write).toHaveBeenCalledTimes(2);
  });
});
