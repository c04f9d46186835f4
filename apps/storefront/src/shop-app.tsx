/** @jsxImportSource hono/jsx */
/** The routes of the shop. Each page is one visit; each form changes a cookie or records an event, and leads to a page. */
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { secureHeaders } from 'hono/secure-headers';
import { parse } from 'hono/utils/cookie';
import type { Assets } from './assets.ts';
import { type Cart, formatCart, linesOf, withQuantity } from './cart.ts';
import { type FormFields, readForm } from './forms.ts';
import { orderTerms } from './order-terms.ts';
import { computeTotal } from './order-total.ts';
import { CartPage } from './pages/cart-page.tsx';
import { HomePage } from './pages/home-page.tsx';
import { MessagePage } from './pages/message-page.tsx';
import { SplitPage } from './pages/split-page.tsx';
import { ThanksPage } from './pages/thanks-page.tsx';
import { PRODUCT_BY_ID } from './products.ts';
import { checkHost, checkOrigin, PAGE_HEADERS } from './request-guards.ts';
import type { ShopServices } from './shop-services.ts';
import { countSplit, MAX_SPLIT_USERS, readSplitUsers } from './split.ts';
import { openVisit, type Visit } from './visit.ts';
import {
  attributesOf,
  CART_COOKIE,
  COUNTRIES,
  PLANS,
  PROFILE_COOKIE,
  readVisitor,
  shopCookie,
  type Visitor,
  visitorCookie,
} from './visitor.ts';

const MAX_BODY_BYTES = 4_096;
const ORDER_COOKIE = 'shop_order';
/** Fields of the cart's form that are no product. */
const CHECKOUT_FIELDS = ['gift_wrap', 'express'];
const FOR_EVER = 'public, max-age=31536000, immutable';

/** Creates the application over open services. */
export function createShopApp(services: ShopServices, assets: Assets): Hono {
  const { client } = services;
  const app = new Hono();

  const say = (context: Context, status: 400 | 404 | 413 | 500, title: string, text: string) =>
    context.html(<MessagePage assets={assets} title={title} text={text} />, status);
  const refuse = (context: Context) =>
    say(context, 400, 'This cannot be read', 'The form was not sent by a page of this shop.');
  /** Who asks; a visitor without an id gets one. */
  const visitorOf = (context: Context): Visitor => {
    const cookies = context.req.header('cookie');
    const visitor = readVisitor(cookies);
    if (visitor.isNew) context.header('set-cookie', visitorCookie(visitor.id, cookies), { append: true });
    return visitor;
  };
  const visit = (context: Context): Promise<Visit> => openVisit(services, visitorOf(context));
  const setCart = (context: Context, visitor: Visitor) =>
    context.header('set-cookie', shopCookie(CART_COOKIE, formatCart(visitor.cart)), { append: true });

  app.use(checkHost, secureHeaders(PAGE_HEADERS));
  for (const { path, type, text } of Object.values(assets)) {
    app.get(path, (context) => context.body(text, 200, { 'content-type': type, 'cache-control': FOR_EVER }));
  }
  app.use(async (context, next) => {
    context.header('cache-control', 'no-store');
    return next();
  });
  app.use(
    checkOrigin,
    bodyLimit({
      maxSize: MAX_BODY_BYTES,
      onError: (context) => say(context, 413, 'Too much', 'The form is too large.'),
    }),
  );

  app.get('/', async (context) => context.html(<HomePage assets={assets} visit={await visit(context)} />));
  app.get('/cart', async (context) => context.html(<CartPage assets={assets} visit={await visit(context)} />));
  app.get('/thanks', async (context) => {
    const order = parse(context.req.header('cookie') ?? '')[ORDER_COOKIE] ?? '';
    const paidCents = /^\d{1,9}$/.test(order) ? Number(order) : null;
    return context.html(<ThanksPage assets={assets} visit={await visit(context)} paidCents={paidCents} />);
  });
  app.get('/split', async (context) => {
    const users = readSplitUsers(context.req.query('users'));
    if (users === null) return context.json({ error: `"users" must be an integer from 1 to ${MAX_SPLIT_USERS}` }, 400);
    const split = countSplit(client, users);
    if (!(context.req.header('accept') ?? '').includes('text/html')) return context.json(split);
    return context.html(<SplitPage assets={assets} visit={await visit(context)} split={split} />);
  });
  app.get('/health', (context) =>
    context.json({
      isReady: client.isReady,
      revision: client.getProjectInfo()?.revision ?? null,
      profiles: services.profiles,
      events: client.stats().events,
    }),
  );

  app.post('/cart/items', async (context) => {
    const product = PRODUCT_BY_ID.get((await readForm(context.req))?.get('product') ?? '');
    if (product === undefined) return refuse(context);
    const visitor = visitorOf(context);
    const { id, priceCents } = product;
    if (!visitor.optsOut) {
      const user = client.createUserContext(visitor.id, attributesOf(visitor));
      user.trackEvent('add_to_cart', { product: id, value: priceCents / 100 });
    }
    setCart(context, { ...visitor, cart: withQuantity(visitor.cart, id, (visitor.cart.get(id) ?? 0) + 1) });
    return context.redirect('/cart', 303);
  });
  app.post('/cart/quantities', async (context) => {
    const visitor = visitorOf(context);
    const cart = changeCart(visitor.cart, await readForm(context.req));
    if (cart === null) return refuse(context);
    setCart(context, { ...visitor, cart });
    return context.redirect('/cart', 303);
  });
  app.post('/purchases', async (context) => {
    const visitor = visitorOf(context);
    // The form has the quantities as they were typed last, whether the cart was updated or not.
    const cart = changeCart(visitor.cart, await readForm(context.req));
    if (cart === null) return refuse(context);
    const lines = linesOf(cart);
    if (lines.length === 0) return context.redirect('/cart', 303);
    const { user, decide } = await openVisit(services, { ...visitor, cart });
    const { totalCents } = computeTotal(lines, orderTerms(decide));
    const pieces = lines.reduce((sum, { quantity }) => sum + quantity, 0);
    if (!visitor.optsOut) user.trackEvent('purchase', { revenue: totalCents, value: totalCents / 100, pieces });
    setCart(context, { ...visitor, cart: new Map() });
    context.header('set-cookie', shopCookie(ORDER_COOKIE, String(totalCents)), { append: true });
    return context.redirect('/thanks', 303);
  });
  app.post('/visitor', async (context) => {
    const form = await readForm(context.req);
    const cookies = context.req.header('cookie');
    const known = readVisitor(cookies);
    const plan = form?.get('plan') ?? known.plan;
    const country = form?.get('country') ?? known.country;
    const asked = form?.get('id')?.trim() || known.id;
    const isChoice = (PLANS as readonly string[]).includes(plan) && (COUNTRIES as readonly string[]).includes(country);
    if (form === null || !isChoice) return refuse(context);
    context.header('set-cookie', shopCookie(PROFILE_COOKIE, `${plan}.${country}`), { append: true });
    try {
      const id = form.get('new') === '1' ? crypto.randomUUID() : asked;
      context.header('set-cookie', visitorCookie(id, cookies), { append: true });
    } catch {
      return say(
        context,
        400,
        'This is no visitor id',
        'An id has 1 to 512 characters and none that a cookie cannot hold.',
      );
    }
    return context.redirect('/', 303);
  });

  app.notFound((context) => say(context, 404, 'Not on our shelves', 'There is no such page in this shop.'));
  app.onError((error, context) => {
    console.error('storefront:', error);
    return say(context, 500, 'Something broke', 'It is not your fault. Please try again.');
  });
  return app;
}

/** The cart with the quantities of a form; `null` when the form is not the cart's. */
function changeCart(cart: Cart, form: FormFields | null): Cart | null {
  let changed = cart;
  for (const [name, value] of form ?? []) {
    if (CHECKOUT_FIELDS.includes(name)) continue;
    if (!PRODUCT_BY_ID.has(name) || !/^\d$/.test(value)) return null;
    changed = withQuantity(changed, name, Number(value));
  }
  return form === null ? null : changed;
}
