/** The shop: a page, its decisions as data, and purchases. */
import { amplitudeSetCookie, readAmplitudeIdentity } from '@sortition/cookies';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { html } from 'hono/html';
import { secureHeaders } from 'hono/secure-headers';
import type { ConfigSource, UserContext } from 'sortition';
import type { EdgeEnv } from './edge-env.ts';
import { closeShopClient, createShopConfig, openShopClient, type ShopFlags } from './shop-client.ts';
import { STYLES } from './styles.ts';

/** What hono knows of a request beside itself. */
export interface EdgeApp {
  Bindings: EdgeEnv;
  Variables: { user: UserContext<ShopFlags> };
}

const MAX_BODY_BYTES = 1_000;

/** Creates the application of an isolate. Does nothing before the first request. */
export function createEdgeShop(): Hono<EdgeApp> {
  const app = new Hono<EdgeApp>();
  let config: ConfigSource | undefined;

  app.use(secureHeaders({ contentSecurityPolicy: { defaultSrc: ["'none'"], styleSrc: ["'self'"] } }));
  app.get('/style.css', (context) => context.body(STYLES, 200, { 'content-type': 'text/css; charset=utf-8' }));

  app.use(async (context, next) => {
    const { env, req, executionCtx } = context;
    config ??= createShopConfig(env);
    const cookies = req.header('cookie') ?? null;
    const apiKey = env.ANALYTICS_KEY;
    const { deviceId: read, optOut = false } = readAmplitudeIdentity(cookies ?? '', apiKey);
    // What scripts write where they have no id; a client refuses it.
    const known = read === 'undefined' ? undefined : read;
    const client = await openShopClient(config, env, executionCtx, optOut ? 'uncounted' : 'counted');
    const deviceId = known ?? crypto.randomUUID();
    if (known === undefined) {
      const secure = new URL(req.url).protocol === 'https:';
      context.header('set-cookie', amplitudeSetCookie({ apiKey, deviceId, cookies, secure }));
    }
    context.set('user', client.createUserContext(deviceId, { plan: req.query('plan'), country: req.query('country') }));
    await next();
    executionCtx.waitUntil(closeShopClient(client));
  });

  app.get('/', (context) => {
    const user = context.get('user');
    const checkout = user.decide('checkout');
    const shipping = user.decide('free_shipping');
    const { steps = 3, button_label: label = 'Place order' } = checkout.variables;
    return context.html(html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Edge shop</title>
<link rel="stylesheet" href="/style.css"></head>
<body><main>
<h1>Edge shop</h1>
<p>${shipping.enabled ? `Free shipping from € ${shipping.variables.minimum}.` : 'Shipping costs € 4.90.'}</p>
<p class="action">${label}, in ${steps} ${steps === 1 ? 'step' : 'steps'}</p>
<dl>
<dt>You are</dt><dd>${user.userId}</dd>
<dt>Checkout</dt><dd>${checkout.variationKey ?? 'the default'}, ${reasonOf(checkout.ruleKey)}</dd>
<dt>Free shipping</dt><dd>${shipping.variationKey ?? 'the default'}, ${reasonOf(shipping.ruleKey)}</dd>
</dl>
</main></body></html>`);
  });

  app.get('/decisions', (context) => {
    const user = context.get('user');
    const decisions = Object.values(user.decideForKeys(['checkout', 'free_shipping']));
    return context.json({
      userId: user.userId,
      decisions: decisions.flatMap((decision) => {
        if (!decision) return [];
        const { flagKey, variationKey, ruleKey, enabled, variables } = decision;
        return [{ flagKey, variationKey, ruleKey, enabled, variables }];
      }),
    });
  });

  app.post('/purchases', bodyLimit({ maxSize: MAX_BODY_BYTES }), async (context) => {
    const isJson = /^application\/json\b/.test(context.req.header('content-type') ?? '');
    if (!isJson) return context.json({ error: 'the content type must be application/json' }, 415);
    const body: unknown = await context.req.json().catch(() => null);
    const revenue: unknown = typeof body === 'object' && body !== null && 'revenue' in body ? body.revenue : undefined;
    if (!Number.isSafeInteger(revenue)) return context.json({ error: '"revenue" must be an integer of cents' }, 400);
    context.get('user').trackEvent('purchase', { revenue });
    return context.body(null, 204);
  });

  return app;
}

function reasonOf(ruleKey: string | null): string {
  return ruleKey === null ? 'because no rule answers' : `by the rule ${ruleKey}`;
}
