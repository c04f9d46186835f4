/** The vendor's own SDK in a real page: what it writes is read here, and what is written here it reads. */
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { canStartBrowser, openPage } from '@sortition/rig';
import { describe, expect, onTestFinished, test } from 'vitest';
import { amplitudeCookieName, amplitudeSetCookie, readAmplitudeIdentity } from '../../src/index.ts';

const API_KEY = '0123456789abcdef0123456789abcdef';
const NAME = amplitudeCookieName(API_KEY, { format: 'browser-2' });
const SDK = readFileSync(
  fileURLToPath(
    import.meta.resolve('@amplitude/analytics-browser').replace(/\/lib\/.*$/, '/lib/scripts/amplitude-min.js'),
  ),
);

/** What the vendor's SDK answers in a page, and the cookies the page's next request carries. */
interface Seen {
  readonly deviceId: string;
  readonly userId: string | null;
  readonly optOut: boolean;
  readonly header: string;
}

/** A value as the vendor's SDK stores it. */
function vendorValue(fields: object): string {
  return Buffer.from(encodeURIComponent(JSON.stringify(fields))).toString('base64');
}

/**
 * Opens a page of `app.shop.localhost`, which starts the vendor's SDK and reports what it answers, once for each visit.
 *
 * @param answer Headers of the page's n-th visit, from the cookies its request carries.
 */
async function visit(
  visits: number,
  answer: (request: IncomingMessage, visit: number) => readonly string[],
  script = '',
): Promise<Seen[]> {
  const seen: Seen[] = [];
  let count = 0;
  const server = createServer((request, response) => {
    if (request.url === '/sdk.js') {
      response.setHeader('content-type', 'text/javascript').end(SDK);
    } else if (request.url === '/report') {
      let body = '';
      request.on('data', (part) => {
        body += part;
      });
      request.on('end', () => {
        seen.push({ ...JSON.parse(body), header: request.headers.cookie ?? '' });
        response.end();
      });
    } else if (request.url === '/') {
      response.setHeader('set-cookie', answer(request, count));
      count += 1;
      response
        .setHeader('content-type', 'text/html')
        .end(`<!doctype html><title>A page</title><script src="/sdk.js"></script><script>
        amplitude.init('${API_KEY}', { autocapture: false, fetchRemoteConfig: false, serverUrl: '/none', cookieOptions: { domain: '.shop.localhost' } })
          .promise.then(async () => {
            ${script}
            await new Promise((resolve) => setTimeout(resolve, 200));
            const { deviceId, userId, optOut } = { deviceId: amplitude.getDeviceId(), userId: amplitude.getUserId() ?? null, optOut: amplitude.getOptOut() };
            await fetch('/report', { method: 'POST', body: JSON.stringify({ deviceId, userId, optOut }) });
            if (${visits} > ${count}) location.reload();
          });</script>`);
    } else response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  server.unref();
  const { port } = server.address() as AddressInfo;
  const browser = await openPage(`http://app.shop.localhost:${port}/`);
  onTestFinished(() => browser.close());
  await expect.poll(() => seen.length, { timeout: 30_000 }).toBe(visits);
  return seen;
}

const read = (header: string) => readAmplitudeIdentity(header, API_KEY, { host: 'app.shop.localhost' });

describe.skipIf(!canStartBrowser())('the vendor’s SDK in a page', () => {
  test('writes a cookie that is read here with the same ids and the same opt-out', async () => {
    const [page] = await visit(1, () => [], `amplitude.setUserId('ada'); amplitude.setOptOut(true);`);
    expect(page?.optOut).toBe(true);
    expect(read(page?.header ?? '')).toMatchObject({ deviceId: page?.deviceId, userId: 'ada', optOut: true });
  });

  test('reads what is written here', async () => {
    const cookie = amplitudeSetCookie({
      apiKey: API_KEY,
      deviceId: 'device-from-the-server',
      userId: 'grace',
      cookies: null,
      format: 'browser-2',
      domain: '.shop.localhost',
      secure: false,
    });
    const [page] = await visit(1, () => [cookie]);
    expect(page).toMatchObject({ deviceId: 'device-from-the-server', userId: 'grace', optOut: false });
  });

  test('takes an opt-out of the older format where the newer cookie says nothing, as is done here', async () => {
    const cookies = [
      `${NAME}=${vendorValue({ deviceId: 'device' })}`,
      `${amplitudeCookieName(API_KEY)}=old-device..1........`,
    ];
    const [page] = await visit(1, () => cookies.map((cookie) => `${cookie}; Path=/; Domain=shop.localhost`));
    expect(page).toMatchObject({ deviceId: 'device', optOut: true });
    expect(read(cookies.join('; '))).toMatchObject({ deviceId: 'device', optOut: true });
  });

  test('keeps its opt-out when a server writes over two cookies of one name', async () => {
    const fields = { deviceId: 'device', sessionId: 1, lastEventTime: 1, lastEventId: 1 };
    const hostOnly = vendorValue({ ...fields, optOut: false, cookieDomain: 'app.shop.localhost' });
    const shared = vendorValue({ ...fields, optOut: true, cookieDomain: '.shop.localhost' });
    const requests: string[] = [];
    const pages = await visit(2, (request, index) => {
      const header = request.headers.cookie ?? '';
      requests.push(header);
      if (index === 0) return [`${NAME}=${hostOnly}; Path=/`, `${NAME}=${shared}; Path=/; Domain=shop.localhost`];
      return [
        amplitudeSetCookie({
          apiKey: API_KEY,
          deviceId: read(header).deviceId ?? 'none',
          cookies: header,
          domain: '.shop.localhost',
          host: 'app.shop.localhost',
          secure: false,
        }),
      ];
    });
    expect(requests[1]?.split(`${NAME}=`)).toHaveLength(3);
    expect(read(requests[1] ?? '').optOut).toBe(true);
    expect(pages.map(({ optOut }) => optOut)).toEqual([true, true]);
    expect(read(pages[1]?.header ?? '').optOut).toBe(true);
  });
});
