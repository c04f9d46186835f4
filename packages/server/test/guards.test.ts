import type { Logger } from 'sortition';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createAccessCheck } from '../src/guards/access.ts';
import { isSameText } from '../src/guards/constant-time.ts';
import { createDecisionServer } from '../src/index.ts';
import { createShop, SDK_KEY, type Shop } from './shop.ts';

let shop: Shop;
afterEach(() => shop?.close());

const TOKEN = 'a-long-token-for-servers';
const ada = { userId: 'ada' };

/** Counts the comparisons of characters that some work makes. */
function countComparisons(work: () => unknown): number {
  const spy = vi.spyOn(String.prototype, 'charCodeAt');
  work();
  const count = spy.mock.calls.length;
  spy.mockRestore();
  return count;
}

describe('tokens', () => {
  it('[SRV-01] are compared to their end, wherever they differ', () => {
    const comparisons = [`x${TOKEN.slice(1)}`, `${TOKEN.slice(0, -1)}x`, TOKEN].map((given) =>
      countComparisons(() => isSameText(TOKEN, given)),
    );
    expect(comparisons).toEqual(Array.from({ length: 3 }, () => 2 * TOKEN.length));
    expect([isSameText(TOKEN, TOKEN), isSameText(TOKEN, `${TOKEN}x`), isSameText('', 'x')]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('[SRV-01] are compared with every one that is known, also behind the one that fits', () => {
    const tokens = ['first-long-token-of-all', TOKEN, 'third-long-token-of-all'].map(
      (token) => ({ token, scope: 'all' }) as const,
    );
    const accessOf = createAccessCheck(tokens);
    const count = (token: string) => {
      const headers = new Headers({ authorization: `Bearer ${token}` });
      return countComparisons(() => accessOf(headers));
    };
    expect(count('first-long-token-of-all')).toBe(count('third-long-token-of-all'));
  });

  it.each<[string, Record<string, string>]>([
    ['another scheme', { authorization: `Basic ${TOKEN}` }],
    ['a scheme alone', { authorization: 'Bearer ' }],
    ['the start of a token', { authorization: `Bearer ${TOKEN.slice(0, -1)}` }],
    ['a token and more', { authorization: `Bearer ${TOKEN} x` }],
    ['an empty API key', { 'x-api-key': '' }],
    ['a wrong bearer beside a right API key', { authorization: 'Bearer wrong', 'x-api-key': TOKEN }],
  ])('[SRV-01] refuse %s', async (_what, headers) => {
    shop = createShop({ tokens: [{ token: TOKEN, scope: 'all' }] });
    expect((await shop.ask('/v1/decide', ada, headers)).status).toBe(401);
  });
});

describe('hosts', () => {
  it.each(['flags.example.com.evil.example', 'evil.example', 'example.com', 'xflags.example.com', ''])(
    '[SRV-02] refuse "%s" when another one is allowed',
    async (host) => {
      shop = createShop({ allowedHosts: ['flags.example.com'] });
      expect((await shop.ask('/v1/decide', ada, { host })).status).toBe(403);
    },
  );
});

describe('bodies', () => {
  it('[SRV-03] are refused beyond their bytes, whether they say how long they are or not', async () => {
    shop = createShop({ limits: { maxBodyBytes: 1_000 } });
    const text = JSON.stringify({ userId: 'a'.repeat(2_000) });
    const headers = { 'content-type': 'application/json', 'x-optimizely-sdk-key': SDK_KEY };
    const post = (body: BodyInit, more: Record<string, string>) => {
      const init = { method: 'POST', body, headers: { ...headers, ...more }, duplex: 'half' } as RequestInit;
      return shop.fetch(new Request('http://127.0.0.1/v1/decide', init));
    };
    const streamed = new ReadableStream({
      pull(controller) {
        controller.enqueue(new TextEncoder().encode(' '.repeat(500)));
      },
    });
    expect((await post(text, { 'content-length': String(text.length) })).status).toBe(413);
    expect((await post(streamed, {})).status).toBe(413);
    expect((await post(text, { 'content-length': '3' })).status).toBe(413);
    expect((await shop.ask('/v1/decide', ada)).status).toBe(200);
  });

  it('[SRV-03] that break off are one sentence and no error of the server', async () => {
    const { lines, logger } = record();
    shop = createShop({ logger });
    for (const length of [undefined, '20']) {
      const body = new ReadableStream({ start: (controller) => controller.error(new Error('gone')) });
      const headers = { 'content-type': 'application/json', 'x-optimizely-sdk-key': SDK_KEY };
      const request = new Request('http://127.0.0.1/v1/decide', {
        method: 'POST',
        body,
        headers: { ...headers, ...(length !== undefined && { 'content-length': length }) },
        duplex: 'half',
      } as RequestInit);
      const answer = await shop.fetch(request);
      expect([answer.status, await answer.json()]).toEqual([400, { error: 'The body broke off before its end.' }]);
    }
    expect(lines).toEqual([]);
  });

  it('are refused when they are nested deeper than any walk of them could follow', async () => {
    const { lines, logger } = record();
    shop = createShop({ logger });
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    const asked = [
      ['/ofrep/v1/evaluate/flags', `{"context":{"targetingKey":"ada","path":${deep}}}`],
      ['/ofrep/v1/evaluate/flags/checkout', `{"context":{"targetingKey":"ada","path":${deep}}}`],
      ['/v1/decide', `{"userId":"ada","userAttributes":{"path":${deep}}}`],
      ['/v1/track?eventKey=purchase', `{"userId":"ada","eventTags":{"path":${deep}}}`],
      ['/v1/batch', `{"operations":[{"method":"POST","url":"/v1/decide","body":{"userId":"ada","path":${deep}}}]}`],
    ] as const;
    for (const [path, text] of asked) {
      const { status, body } = await shop.ask(path, text);
      expect([path, status, JSON.stringify(body)]).toEqual([path, 400, expect.stringContaining('nested deeper than')]);
    }
    const { status } = await shop.ask('/v1/decide', {
      userId: 'ada',
      userAttributes: { list: Array(5_000).fill([[[]]]) },
    });
    expect([status, lines]).toEqual([200, []]);
  });
});

describe('streams', () => {
  it('[SRV-10] let a reader go that does not keep up', async () => {
    shop = createShop({ notifications: true, limits: { maxStreams: 1 } });
    const open = () =>
      shop.fetch(
        new Request('http://127.0.0.1/v1/notifications/event-stream', { headers: { 'x-optimizely-sdk-key': SDK_KEY } }),
      );
    await open();
    expect((await open()).status).toBe(429);
    const user = shop.client.createUserContext('ada');
    for (let index = 0; index < 2_000; index += 1) user.decide('checkout');
    await expect.poll(async () => (await open()).status).toBe(200);
  });
});

describe('projects', () => {
  const key = 'secret-key';
  const { client } = createShop();

  it.each<[string, unknown[]]>([
    ['without a client', [{ sdkKey: key }]],
    [
      'with the key of another',
      [
        { sdkKey: key, client },
        { sdkKey: key, client },
      ],
    ],
    ['without a key', [{ client }]],
    ['that are null', [null]],
  ])('%s are refused, and no key is quoted', (_what, projects) => {
    const create = () => createDecisionServer({ projects } as never);
    expect(create).toThrow(expect.objectContaining({ code: 'invalid-option' }));
    expect(create).not.toThrow(/secret-key/);
  });
});

describe('logs', () => {
  it('are left out with the logger false', async () => {
    shop = createShop({ logger: false, project: { datafile: () => raise('out of order') } });
    expect((await shop.ask('/v1/datafile')).status).toBe(500);
  });

  it('tell of an option that does not exist, as a misspelt guard would guard nothing', () => {
    const { lines, logger } = record();
    shop = createShop({ logger, allowedHost: ['flags.example.com'] } as never);
    expect(lines).toEqual([
      expect.stringMatching(/does not have the option "allowedHost".*Did you mean "allowedHosts"\?/),
    ]);
  });

  it('[SRV-09] name neither tokens nor users when a request fails in a way that was not foreseen', async () => {
    const { lines, logger } = record();
    shop = createShop({
      logger,
      tokens: [{ token: TOKEN, scope: 'all' }],
      project: { datafile: () => raise('out of order') },
    });
    const headers = { authorization: `Bearer ${TOKEN}` };
    const failed = await shop.ask('/v1/datafile?user=secret-person', undefined, headers);
    expect(failed).toMatchObject({ status: 500, body: { error: 'The server failed to answer this request.' } });
    await shop.ask('/v1/decide', { userId: 'secret-person', decideOptions: 7 }, headers);
    await shop.ask('/ofrep/v1/evaluate/flags/none', { context: { targetingKey: 'secret-person' } }, headers);
    expect(lines).toHaveLength(1);
    expect(lines.join()).not.toContain(TOKEN);
    expect(lines.join()).not.toContain('secret-person');
  });
});

function raise(message: string): never {
  throw new Error(message);
}

function record(): { lines: string[]; logger: Logger } {
  const lines: string[] = [];
  const log = (fields: object, message: string): void => {
    lines.push(`${message} ${JSON.stringify({ ...fields })}`);
  };
  return { lines, logger: { debug: log, info: log, warn: log, error: log } };
}
