import { request } from 'node:http';
import { describe, expect, it } from 'vitest';
import { publish, startShop } from './running-shop.ts';
import { pageDataOf, visitShop } from './shop-visitor.ts';

const running = startShop();

const SCRIPT = '<script>alert(1)</script>';

/** A request with a `Host` of one's own choice, which `fetch` does not allow. */
function statusForHost(url: string, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    request(url, { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .once('error', reject)
      .end();
  });
}

const send = (path: string, body: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(running.shop.url + path, {
    method: 'POST',
    body,
    redirect: 'manual',
    headers: { origin: running.shop.url, 'content-type': 'application/x-www-form-urlencoded', ...headers },
  });

describe('what a page shows', () => {
  it('is escaped: ids from cookies', async () => {
    const page = await visitShop(running.shop.url, SCRIPT).get('/');
    expect(page.html).not.toContain(SCRIPT);
    expect(page.html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(pageDataOf(page).visitorId).toBe(SCRIPT);
  });

  it('is escaped: texts and keys from the datafile', async () => {
    publish(running.lab, { revision: SCRIPT, vipText: `</script><img src=x onerror=alert(1)>` });
    running.lab.odp.setSegments('vera', ['vip']);
    const visitor = visitShop(running.shop.url, 'vera');
    let page = await visitor.get('/');
    const endsAt = Date.now() + 30_000;
    while (!page.html.includes('&lt;img src=x') && Date.now() < endsAt) page = await visitor.get('/');
    expect(page.html).toContain('&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;');
    expect(page.html).not.toMatch(/<img|<script>alert/);
    expect(pageDataOf(page).snapshot.decisions.map(({ variables }) => variables)).toContainEqual({
      text: '</script><img src=x onerror=alert(1)>',
    });
  });

  it('may run the shop’s own script and nothing else', async () => {
    const { headers, html } = await visitShop(running.shop.url).get('/');
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
    expect(policy).not.toContain('unsafe');
    expect(html).not.toMatch(/ style=| on[a-z]+="|javascript:/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    for (const [, path = ''] of html.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)) {
      const asset = await fetch(running.shop.url + path);
      expect([path, asset.status, asset.headers.get('cache-control')]).toEqual([
        path,
        200,
        'public, max-age=31536000, immutable',
      ]);
    }
  });
});

describe('the shop', () => {
  it('answers to its loopback names only', async () => {
    expect(await statusForHost(running.shop.url, 'evil.example')).toBe(421);
    expect(await statusForHost(running.shop.url, `localhost:${running.shop.port}`)).toBe(200);
  });

  it('takes forms of its own pages only', async () => {
    // With a stricter policy browsers send the origin "null" with the shop's own forms.
    expect((await visitShop(running.shop.url).get('/')).headers.get('referrer-policy')).toBe('same-origin');
    for (const origin of ['https://evil.example', 'null', `https://127.0.0.1:${running.shop.port}`]) {
      expect((await send('/purchases', '', { origin })).status).toBe(403);
    }
    const withoutOrigin = await fetch(`${running.shop.url}/purchases`, { method: 'POST', redirect: 'manual' });
    expect(withoutOrigin.status).toBe(403);
  });

  it.each([
    ['/cart/items', 'product=nonsense'],
    ['/cart/items', ''],
    ['/cart/items', 'product=__proto__'],
    ['/cart/quantities', 'mug=many'],
    ['/cart/quantities', 'mug=-1'],
    ['/cart/quantities', 'constructor=1'],
    ['/purchases', 'mug=1.5'],
    ['/purchases', 'total=0'],
    ['/visitor', 'plan=emperor'],
    ['/visitor', 'country=%00'],
    ['/visitor', `id=${'x'.repeat(600)}`],
    ['/visitor', 'id=a%0d%0aset-cookie:x=1'],
  ])('refuses a form it cannot read: %s %s', async (path, body) => {
    const response = await send(path, body);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('<h1>This');
  });

  it('refuses bodies that are no form, or too large', async () => {
    expect((await send('/cart/items', '{"product":"mug"}', { 'content-type': 'application/json' })).status).toBe(400);
    expect((await send('/cart/items', `product=${'x'.repeat(5_000)}`)).status).toBe(413);
  });

  it('says that a page is not there', async () => {
    const { status, html } = await visitShop(running.shop.url).get('/nothing/<b>');
    expect(status).toBe(404);
    expect(html).toContain('Not on our shelves');
  });

  it.each([
    'shop_profile=%',
    'shop_cart=%E0%A4%A',
    'shop_profile=a.b.c; shop_cart=__proto__.1',
    '=;;;',
    `x=${'y'.repeat(8_000)}`,
    'amp_lab-an=undefined..........',
  ])('copes with any cookie: %s', async (cookie) => {
    const response = await fetch(running.shop.url, { headers: { cookie } });
    expect(response.status).toBe(200);
  });
});
