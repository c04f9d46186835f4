/** In front of every route: who may ask, how much may be sent, and what a page may do. */
import { createMiddleware } from 'hono/factory';

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

/** Nothing but the shop's own script and style sheet, and forms that stay in the shop. */
export const PAGE_POLICY = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'"],
  connectSrc: ["'self'"],
  formAction: ["'self'"],
  baseUri: ["'none'"],
  frameAncestors: ["'none'"],
};
