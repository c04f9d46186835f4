import { SHOP_DATAFILE } from '@sortition/emulator/shop-datafile';
import { type Client, createClient, createStaticConfig } from 'sortition';
import { afterEach, describe, expect, it } from 'vitest';
import { createDecisionServer, type DecisionServer, type DecisionServerOptions } from '../src/index.ts';
import { measureText } from '../src/measured-text.ts';
import { entityTag, isMatch } from '../src/ofrep/entity-tag.ts';
import { SDK_KEY } from './shop.ts';

const clients: Client[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
});

/** A server of its own, which shares nothing with the others. */
function createServer(datafile: string, options: Partial<DecisionServerOptions> = {}): DecisionServer {
  const client = createClient({ config: createStaticConfig({ datafile }), events: null, logger: false });
  clients.push(client);
  return createDecisionServer({ projects: [{ sdkKey: SDK_KEY, client }], ...options });
}

async function ask(
  server: DecisionServer,
  userId: string,
  query = '',
  headers: Record<string, string> = {},
): Promise<{ status: number; tag: string; text: string }> {
  const answer = await server.fetch(
    new Request(`http://127.0.0.1/ofrep/v1/evaluate/flags${query}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ context: { targetingKey: userId, country: 'FR', plan: 'gold' } }),
    }),
  );
  return { status: answer.status, tag: answer.headers.get('etag') ?? '', text: await answer.text() };
}

const datafile = JSON.stringify(SHOP_DATAFILE);

describe('entity tags of bulk evaluations', () => {
  it('are the same from servers that share nothing, whatever each was asked before', async () => {
    const servers = [createServer(datafile), createServer(datafile)] as const;
    for (let index = 0; index < 40; index += 1) await ask(servers[0], `before-${index}`);
    for (let index = 0; index < 40; index += 1) {
      const [one, other] = [await ask(servers[0], `user-${index}`), await ask(servers[1], `user-${index}`)];
      expect(other).toEqual(one);
      const again = await ask(servers[1], `user-${index}`, '', { 'if-none-match': one.tag });
      expect(again).toEqual({ status: 304, tag: one.tag, text: '' });
    }
  });

  it.each<[string, string]>([
    ['a revision', datafile.replace(/"revision":"[^"]*"/, '"revision":"another"')],
    ['a variable', datafile.replace(/"defaultValue":"(?:[^"\\]|\\.)*"/g, '"defaultValue":"7"')],
    ['the id of a rule', datafile.replaceAll(SHOP_DATAFILE.experiments[0]?.id ?? '', '99999')],
  ])('change with %s', async (_what, other) => {
    const [one, changed] = [createServer(datafile), createServer(other)];
    let differing = 0;
    for (let index = 0; index < 20; index += 1) {
      const [before, after] = [await ask(one, `user-${index}`), await ask(changed, `user-${index}`)];
      expect(after.tag === before.tag).toBe(after.text === before.text);
      if (after.text !== before.text) differing += 1;
    }
    expect(differing).toBeGreaterThan(0);
  });

  it('differ between flags alone and all addresses', async () => {
    const server = createServer(datafile);
    expect((await ask(server, 'user', '?addresses=all')).tag).not.toBe((await ask(server, 'user')).tag);
  });

  it('differ where the address of the change stream does', async () => {
    const tokens = (token: string) => ({ tokens: [{ token, scope: 'all' }] }) as const;
    const [one, other] = ['a-long-token-for-servers', 'another-token-for-servers'];
    const before = await ask(createServer(datafile, tokens(one)), 'user', '', { authorization: `Bearer ${one}` });
    const after = await ask(createServer(datafile, tokens(other)), 'user', '', { authorization: `Bearer ${other}` });
    expect([before.status, after.status]).toEqual([200, 200]);
    expect(after.tag).not.toBe(before.tag);
  });

  it('depend on the order of the flags and on where each ends', () => {
    const tagOf = (...texts: string[]) => entityTag({}, texts.map(measureText), measureText('end'));
    expect(new Set([tagOf('ab', 'c'), tagOf('a', 'bc'), tagOf('c', 'ab'), tagOf('abc'), tagOf('abc', '')]).size).toBe(
      5,
    );
  });

  it('differ for texts that differ in one character anywhere', () => {
    const text = JSON.stringify(SHOP_DATAFILE).slice(0, 2_000);
    const tags = new Set([entityTag({}, [measureText(text)], measureText(''))]);
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      // The last differs in the upper byte alone.
      for (const other of [code ^ 1, code ^ 32, code | 0x4e00]) {
        const changed = text.slice(0, index) + String.fromCharCode(other) + text.slice(index + 1);
        tags.add(entityTag({}, [measureText(changed)], measureText('')));
      }
    }
    expect(tags.size).toBe(1 + 3 * text.length);
  });

  it('match any of a list, weak or not', () => {
    expect(isMatch('"a", W/"b"', '"b"')).toBe(true);
    expect(isMatch('"a"', '"b"')).toBe(false);
    expect(isMatch(null, '"b"')).toBe(false);
  });
});

describe('measures of texts', () => {
  it.each([
    ['', 0],
    ['{"a":1}', 7],
    ['grün', 5],
    ['漢字', 6],
    ['👍', 4],
  ])('say that %j has %i bytes', (text, byteLength) => {
    expect(measureText(text)).toMatchObject({ text, byteLength });
  });
});
