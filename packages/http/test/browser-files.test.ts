/** The files that stand in for others in the build for pages: they do the same, with what browsers have. */
import { describe, expect, it, vi } from 'vitest';
import { onAbort } from '../src/browser/abort.ts';
import * as clock from '../src/browser/clock.ts';
import { describeCause } from '../src/browser/failure-cause.ts';
import { releaseBody } from '../src/browser/release-body.ts';
import { parseUrl } from '../src/browser/url.ts';
import * as clockElsewhere from '../src/clock.ts';
import { describeCause as describeCauseElsewhere } from '../src/failure-cause.ts';
import { readResponse, readStatus } from '../src/response.ts';
import { parseUrl as parseUrlByHand } from '../src/url.ts';

describe('URLs', () => {
  it.each([
    'https://cdn.example.com/a.json?key=1#top',
    'https://example.com',
    'http://EXAMPLE.com:8080/a?b#c',
    'HTTPS://example.com:443/a/b',
    'http://[::1]:80/',
    'https://example.com?q',
  ])('%s is read as everywhere else', (url) => {
    const { href: _, ...parts } = parseUrlByHand(url, 'url');
    expect(parseUrl(url, 'url')).toMatchObject(parts);
  });

  it.each([
    'ftp://localhost/',
    'javascript:alert(1)',
    'https://user:s3cret@example.com/',
    'http://localhost\\@example.com/s3cret',
    'http://localhost/\\s3cret',
    'http://%6cocalhost/',
    ' https://example.com/',
    'https://example.com/a b',
    'https:example.com',
    'https://example.com:port/',
    '/s3cret',
    'https://',
    '',
  ])('%j is refused without its text', (url) => {
    expect(() => parseUrl(url, 'url')).toThrowError(expect.objectContaining({ code: 'invalid-option' }));
    expect(() => parseUrl(url, 'url')).toThrow(/^url (is not an absolute URL|holds a user name)[^3]*$/);
  });
});

describe('signals', () => {
  it('are heard, at once when they are aborted already, and left', () => {
    const [first, second] = [new AbortController(), new AbortController()];
    const [heard, left] = [vi.fn(), vi.fn()];
    onAbort([first.signal, undefined, second.signal], heard);
    onAbort([first.signal, second.signal], left)();
    onAbort(undefined, heard)();
    second.abort('enough');
    onAbort(second.signal, heard);
    expect(heard.mock.calls).toEqual([['enough'], ['enough']]);
    expect(left).not.toHaveBeenCalled();
  });
});

describe('time', () => {
  it('goes on, timers run once unless they are ended, and a long one does not run at once', async () => {
    expect(Object.keys(clock).sort()).toEqual(Object.keys(clockElsewhere).sort());
    for (const { MAX_DELAY_MS, monotonicNow, startTimer } of [clock, clockElsewhere]) {
      expect(Math.abs(monotonicNow() - performance.now())).toBeLessThan(1_000);
      const [ran, ended, late] = [vi.fn(), vi.fn(), vi.fn()];
      startTimer(ended, 0)();
      const end = startTimer(late, 2 * MAX_DELAY_MS);
      startTimer(ran, -1, true);
      await vi.waitFor(() => expect(ran).toHaveBeenCalledTimes(1));
      end();
      expect([ended.mock.calls, late.mock.calls]).toEqual([[], []]);
    }
  });
});

describe('answers', () => {
  const stream = (...chunks: number[][]): ReadableStream<Uint8Array> =>
    new ReadableStream({
      start(controller) {
        for (const chunk of chunks) controller.enqueue(Uint8Array.from(chunk));
        controller.close();
      },
    });

  it('are joined from their pieces, also where a character is cut', async () => {
    const response = new Response(stream([0x67, 0xc3], [0xb6]), { headers: { etag: 'W/1' } });
    const { text, header } = await readResponse(response, 3, 'GET x');
    expect([text, header('ETag'), header('none')]).toEqual(['gö', 'W/1', null]);
    expect((await readResponse(new Response(null, { status: 204 }), 3, 'GET x')).text).toBe('');
  });

  it('over the limit, not UTF-8 or without a status are refused; a failure keeps its status', async () => {
    const cancelled = vi.fn();
    const endless = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(9)),
      cancel: cancelled,
    });
    const refused = { code: 'invalid-response' };
    await expect(readResponse(new Response(endless), 20, 'GET x')).rejects.toMatchObject(refused);
    expect(cancelled).toHaveBeenCalledTimes(1);
    await expect(readResponse(new Response(stream([0xff])), 9, 'GET x')).rejects.toMatchObject(refused);
    await expect(readResponse(undefined as never, 9, 'GET x')).rejects.toMatchObject(refused);
    expect(await readResponse(new Response(stream([0xff]), { status: 500 }), 9, 'GET x')).toMatchObject({
      status: 500,
      text: '',
    });
  });

  it('made of texts are refused, and dropped without being read to their end', async () => {
    let reads = 0;
    const cancel = vi.fn(async () => undefined);
    const read = async () => {
      reads += 1;
      return { done: reads > 10_000, value: 'text' };
    };
    const response = { status: 200, headers: new Headers(), body: { getReader: () => ({ read, cancel }) } } as never;
    await expect(readResponse(response, 1_000, 'GET x')).rejects.toMatchObject({ code: 'invalid-response' });
    readStatus(response, 'POST x');
    await vi.waitFor(() => expect(cancel).toHaveBeenCalledTimes(2));
    expect(reads).toBe(2);
  });

  it('have headers that are read without spaces, and none where they cannot be read', async () => {
    const headerOf = (headers: unknown) => readStatus({ status: 200, headers } as Response, 'x').header('date');
    expect(headerOf({ get: () => ' 10 ' })).toBe('10');
    for (const headers of [undefined, null, {}, { date: '10' }, { get: () => 5 }, new Headers()]) {
      expect(headerOf(headers)).toBeNull();
    }
  });

  it('whose status is all that counts have their body dropped', async () => {
    const cancel = vi.fn();
    releaseBody(new Response(new ReadableStream({ cancel })));
    releaseBody({ status: 204 } as Response);
    await vi.waitFor(() => expect(cancel).toHaveBeenCalledTimes(1));
  });
});

it.each([
  undefined,
  'odd',
  new TypeError('Load failed'),
  new TypeError('NetworkError when attempting to fetch resource.'),
  new TypeError("Refused to connect to 'https://cdn.example.com/secret.json'\nbecause of a policy."),
])('the cause %s ends a sentence as everywhere else', (cause) => {
  expect(describeCause(cause)).toBe(describeCauseElsewhere(cause));
});
