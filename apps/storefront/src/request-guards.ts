/** In front of every route: who may ask, how much may be sent, and what a page may do. */
import { createMiddleware } from 'hono/factory';
import type { secureHeaders } from 'hono/secure-headers';

const LOOPBACK_NAMES = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * Refuses requests for another host, which is how a page of a foreign site reaches a loopback server after it re-pointed
 * its DNS name.
 */
export const checkHost = createMiddleware(async (context, next) => {
  const host = (context.req.header('host') ?? '').toLowerCase().replace(/:\d+$/, '');
  if (!LOOPBACK_NAMES.includes(host)) return context.text('This shop answers to its loopback names only.', 421);
  return next();
});

/** Refuses a form that a page of another origin sent. Browsers name the origin of every POST. */
export const checkOrigin = createMiddleware(async (context, next) => {
  const { method } = context.req;
  if (method === 'GET' || method === 'HEAD') return next();
  const origin = context.req.header('origin');
  if (origin !== `http://${context.req.header('host')}`) return context.text('This form belongs to another site.', 403);
  return next();
});

/** What a page may do: run the shop's own script and style sheet, and send forms to the shop. */
export const PAGE_HEADERS = {
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'"],
    connectSrc: ["'self'"],
    formAction: ["'self'"],
    baseUri: ["'none'"],
    frameAncestors: ["'none'"],
  },
  // Without any referrer a browser does not name the origin of a form either.
  referrerPolicy: 'same-origin',
  strictTransportSecurity: false,
} as const satisfies Parameters<typeof secureHeaders>[0];
