import { amplitudeSetCookie, readAmplitudeIdentity } from '@sortition/cookies';
import { createClient, createHydratedUser, createStaticConfig } from 'sortition';
import { describe, expect, it, vi } from 'vitest';
import { publish, startShop } from './running-shop.ts';
import { pageDataOf, servedOn, visitShop } from './shop-visitor.ts';

const running = startShop();

const ALL_CLASSIC = [10_000, 10_000, 10_000] as const;
const ALL_EXPRESS = [0, 0, 10_000] as const;

/** Waits for events as the collector has them. */
async function eventsOf(visitorId: string, count: number) {
  return vi.waitFor(
    () => {
      const events = [...running.store.events.values()].filter((event) => event.visitorId === visitorId);
      expect(events.length).toBeGreaterThanOrEqual(count);
      return events.map(({ key, decision, revenue }) => ({ key, flag: decision?.flagKey, revenue }));
    },
    { timeout: 30_000, interval: 50 },
  );
}

/** Waits for the shop to decide by a version of the datafile. */
async function revisionReaches(revision: string): Promise<void> {
  await vi.waitFor(
    async () => {
      const health = await (await fetch(`${running.shop.url}/health`)).json();
      expect(health).toMatchObject({ revision });
    },
    { timeout: 30_000, interval: 20 },
  );
}

describe('a page of the shop', () => {
  it('shows what a client decides, and says so in the panel', async () => {
    const datafile = running.lab.datafiles.current('lab')?.text ?? '';
    const client = createClient({ config: createStaticConfig({ datafile }), events: null });
    for (let index = 0; index < 12; index += 1) {
      const id = `visitor-${index}`;
      const user = client.createUserContext(id, {
        plan: 'member',
        country: 'DE',
        cart_total: 24,
        app_version: '3.2.1',
      });
      const visitor = visitShop(running.shop.url, id);
      const cart = await visitor.post('/cart/items', { product: 'mug' });
      const checkout = user.decide('checkout');
      expect(servedOn(cart).checkout).toBe(checkout.variationKey);
      expect(cart.html).toContain(String(checkout.variables.button_label));
      const home = servedOn(await visitor.get('/'));
      expect(home.free_shipping).toBe(user.decide('free_shipping').variationKey);
      expect(home.recommendations).toBe(user.decide('recommendations').variationKey ?? 'off');
    }
    await client.close();
  });

  it('gives a visitor an id that stays, and that the page reads from the same cookie', async () => {
    const visitor = visitShop(running.shop.url);
    const first = await visitor.get('/');
    const { visitorId } = pageDataOf(first);
    expect(visitorId).toMatch(/^[\da-f-]{36}$/);
    expect(visitor.cookies.get('amp_lab-an')).toBe(`${visitorId}..........`);
    expect(first.headers.getSetCookie().join()).not.toContain('HttpOnly');
    const second = await visitor.get('/');
    expect(pageDataOf(second).visitorId).toBe(visitorId);
    expect(second.headers.getSetCookie()).toEqual([]);
  });

  it('carries every decision to its script, and nothing about the visitor but their id', async () => {
    const visitor = visitShop(running.shop.url, 'katherine');
    const { snapshot } = pageDataOf(await visitor.get('/'));
    const hydrated = createHydratedUser(snapshot);
    const cart = await visitor.post('/cart/items', { product: 'mug' });
    expect(hydrated.decide('checkout').variationKey).toBe(servedOn(cart).checkout);
    expect(Object.keys(hydrated.decide('checkout').variables)).toContain('discount');
    expect(JSON.stringify(snapshot)).not.toMatch(/member|DE|katherine/);
  });

  it('keeps what a visitor saw when the traffic moves, and says what a newcomer would get', async () => {
    publish(running.lab, { revision: '2', checkoutEnds: ALL_CLASSIC });
    await revisionReaches('2');
    const visitor = visitShop(running.shop.url, 'katherine');
    expect(servedOn(await visitor.post('/cart/items', { product: 'mug' })).checkout).toBe('classic');
    publish(running.lab, { revision: '3', checkoutEnds: ALL_EXPRESS });
    await revisionReaches('3');
    const later = await visitor.get('/cart');
    expect(servedOn(later).checkout).toBe('classic');
    expect(later.html).toContain('A newcomer in your place would get express today.');
    const newcomer = await visitShop(running.shop.url, 'emil').post('/cart/items', { product: 'mug' });
    expect(servedOn(newcomer).checkout).toBe('express');
    expect(newcomer.html).toContain('Express pay');
  });

  it('greets those in the segment of valued customers, and ships to them for free', async () => {
    running.lab.odp.setSegments('vera', ['vip']);
    const vera = visitShop(running.shop.url, 'vera');
    expect((await vera.get('/')).html).toContain('delivery is on the house');
    expect((await vera.post('/cart/items', { product: 'mug' })).html).toMatch(/shippingCents">€ 0\.00/);
    const guest = visitShop(running.shop.url, 'emil');
    expect((await guest.get('/')).html).not.toContain('delivery is on the house');
    expect((await guest.post('/cart/items', { product: 'mug' })).html).toMatch(/shippingCents">€ 4\.90/);
  });

  it('asks the remote service for one block, with the device id, and has a block of its own', async () => {
    running.lab.vardata.setDecide(({ user, flagKeys }) => {
      expect(flagKeys).toEqual(['promotion']);
      return { promotion: { key: user.device_id === 'vera' ? 'voucher' : 'free_gift' } };
    });
    expect((await visitShop(running.shop.url, 'vera').get('/')).html).toContain('A voucher for your next order');
    expect((await visitShop(running.shop.url, 'emil').get('/')).html).toContain('A small gift in every box');
    running.lab.faults.set('vardata', { kind: 'status', status: 500 });
    const page = await visitShop(running.shop.url, 'ida').get('/');
    expect(page.html).toContain('New from the kiln');
    expect(page.html).toContain('The remote service did not answer in time');
  });

  it('is decided by the plan and the country a visitor chooses, and by the id they take', async () => {
    const visitor = visitShop(running.shop.url, 'katherine');
    const page = await visitor.post('/visitor', { plan: 'gold', country: 'US', id: 'hugo' });
    expect(pageDataOf(page).visitorId).toBe('hugo');
    expect(page.html).toContain('<option value="gold" selected="">gold</option>');
    const other = await visitor.post('/visitor', { plan: 'guest', country: 'DE', new: '1' });
    expect(pageDataOf(other).visitorId).toMatch(/^[\da-f-]{36}$/);
  });
});

describe('the events of a visit', () => {
  it('count the flags a page shows when it shows them, and no others', async () => {
    const visitor = visitShop(running.shop.url, 'katherine');
    await visitor.get('/');
    const flagsOf = (events: Awaited<ReturnType<typeof eventsOf>>) => events.map(({ flag }) => flag).sort();
    expect(flagsOf(await eventsOf('katherine', 3))).toEqual(['free_shipping', 'recommendations', 'vip_banner']);
    await visitor.post('/cart/items', { product: 'mug' });
    const after = await eventsOf('katherine', 8);
    expect(flagsOf(after.slice(3).filter(({ flag }) => flag))).toEqual([
      'checkout',
      'free_shipping',
      'gift_wrap',
      'vip_banner',
    ]);
  });

  it('say what was put into the cart and what was paid for, once', async () => {
    const visitor = visitShop(running.shop.url, 'katherine');
    await visitor.post('/cart/items', { product: 'bowl' });
    const cart = await visitor.post('/cart/quantities', { bowl: '3' });
    const total = /totalCents">\s*€ ([\d.]+)/.exec(cart.html)?.[1];
    const thanks = await visitor.post('/purchases', { bowl: '3', gift_wrap: '1' });
    expect(thanks.html).toContain(`You paid € ${total}`);
    expect((await visitor.get('/cart')).html).toContain('Your cart is empty.');
    await visitor.post('/purchases', {});
    await running.shop.close();
    const conversions = (await eventsOf('katherine', 2)).filter(({ key }) => key !== 'campaign_activated');
    expect(conversions).toEqual([
      { key: 'add_to_cart', flag: undefined, revenue: null },
      { key: 'purchase', flag: undefined, revenue: Math.round(Number(total) * 100) },
    ]);
  });

  it('go by the quantities that were typed last, also when the cart was not updated', async () => {
    const visitor = visitShop(running.shop.url, 'katherine');
    await visitor.post('/cart/items', { product: 'bowl' });
    const { html } = await visitor.post('/purchases', { bowl: '3' });
    const paid = Math.round(Number(/You paid € (\d+\.\d\d)/.exec(html)?.[1]) * 100);
    expect(paid).toBeGreaterThan(2.5 * 3200);
    const purchase = (await eventsOf('katherine', 6)).find(({ key }) => key === 'purchase');
    expect(purchase?.revenue).toBe(paid);
  });

  it('are none for a visitor who opted out, and the opt-out stays', async () => {
    const cookie = amplitudeSetCookie({ apiKey: 'lab-analytics', deviceId: 'olga', cookies: null, optOut: true });
    const visitor = visitShop(running.shop.url);
    visitor.cookies.set('amp_lab-an', /=([^;]*)/.exec(cookie)?.[1] ?? '');
    await visitor.get('/');
    await visitor.post('/cart/items', { product: 'bowl' });
    expect((await visitor.post('/purchases', { bowl: '1' })).html).toContain('You paid');
    await visitor.post('/visitor', { plan: 'gold', country: 'DE', id: 'petra' });
    await running.shop.close();
    expect(running.store.events.size).toBe(0);
    const header = `amp_lab-an=${visitor.cookies.get('amp_lab-an')}`;
    expect(readAmplitudeIdentity(header, 'lab-analytics')).toMatchObject({ deviceId: 'petra', optOut: true });
  });

  it('are all sent when the shop closes, and closing twice is closing once', async () => {
    for (let index = 0; index < 5; index += 1) await visitShop(running.shop.url, `v${index}`).get('/');
    const [report, again] = await Promise.all([running.shop.close(), running.shop.close()]);
    expect(report).toEqual({ delivered: 15, dropped: 0, pending: 0 });
    expect(again).toBe(report);
    expect(running.store.events.size).toBe(15);
    await expect(fetch(running.shop.url)).rejects.toThrow();
  });
});

describe('the split', () => {
  it('follows a change of the traffic without a restart', async () => {
    const split = async () => (await fetch(`${running.shop.url}/split?users=1000`)).json();
    expect(await split()).toMatchObject({ users: 1000, outside: 0, revision: '1' });
    publish(running.lab, { revision: '2', checkoutEnds: ALL_EXPRESS });
    await vi.waitFor(
      async () => {
        expect(await split()).toMatchObject({
          revision: '2',
          variations: [
            { variationKey: 'classic', users: 0, share: 0 },
            { variationKey: 'express', users: 1000, share: 1 },
            { variationKey: 'one_page', users: 0, share: 0 },
          ],
        });
      },
      { timeout: 20_000, interval: 20 },
    );
  });

  it('is drawn for a person and counted for a program, and counts nobody as a visitor', async () => {
    const page = await visitShop(running.shop.url, 'katherine').get('/split?users=500');
    expect(page.html).toContain('data-variation="one_page"');
    const { variations } = await (await fetch(`${running.shop.url}/split?users=500`)).json();
    const counted = variations as { variationKey: string; users: number; share: number }[];
    expect(counted.map(({ variationKey }) => variationKey)).toEqual(['classic', 'express', 'one_page']);
    expect(counted.reduce((sum, { users }) => sum + users, 0)).toBe(500);
    for (const [index, share] of [0.5, 0.2, 0.3].entries()) {
      expect(Math.abs((counted[index]?.share ?? 0) - share)).toBeLessThan(0.08);
    }
    await running.shop.close();
    expect([...running.store.events.values()].map(({ visitorId }) => visitorId)).toEqual(['katherine']);
  });

  it.each(['0', '-1', '1.5', '10001', 'many', '', '1e3'])('refuses to count "%s" users', async (users) => {
    const response = await fetch(`${running.shop.url}/split?users=${users}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ error: '"users" must be an integer from 1 to 10000' });
  });
});
