/** Guards in front of every route: allowed hosts, body size, and known ids. */
import { bodyLimit } from 'hono/body-limit';
import { cors } from 'hono/cors';
import type { NodeMiddleware } from './node-context.ts';

const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS'];
const LOOPBACK_NAMES = ['127.0.0.1', 'localhost', '[::1]'];

/** Ids in paths: SDK keys and rule ids. */
export const ID_PATTERN: RegExp = /^[\w-]{1,128}$/;

/**
 * Rejects requests that name another host. This stops DNS rebinding, with which a page of another site could reach a
 * loopback server. `X-Forwarded-Host` is ignored.
 */
export function checkHost(allowedHosts: readonly string[]): NodeMiddleware {
  const allowed = new Set([...LOOPBACK_NAMES, ...allowedHosts.map((host) => host.toLowerCase())]);
  return async (context, next) => {
    const host = (context.req.header('host') ?? '').toLowerCase().replace(/:\d+$/, '');
    if (!allowed.has(host)) return context.text('this server answers to its loopback names only', 421);
    return next();
  };
}

/**
 * Refuses writes that a page of another site sends: browsers let any page post plain text anywhere, and name the page in
 * `Origin`. Programs other than browsers name none.
 */
export const refuseForeignPages: NodeMiddleware = async (context, next) => {
  const origin = context.req.header('origin');
  const isForeign =
    origin === undefined ? context.req.header('sec-fetch-site') === 'cross-site' : !isLoopbackOrigin(origin);
  if (isForeign && !SAFE_METHODS.includes(context.req.method)) {
    return context.json({ error: 'pages of other sites may not write here' }, 403);
  }
  return next();
};

/**
 * Allows cross-origin reads only from pages on other loopback ports. Credentials are allowed because beacons always
 * send them.
 */
export function allowLoopbackPages(): NodeMiddleware {
  return cors({
    origin: (origin) => (isLoopbackOrigin(origin) ? origin : null),
    allowHeaders: ['authorization', 'content-type', 'x-amp-exp-flag-keys', 'x-amp-exp-user', 'x-api-key'],
    credentials: true,
    exposeHeaders: ['etag', 'last-modified'],
  });
}

/** Responds with 413 above `maxBytes`, by the announced length or the length read so far. */
export function limitBody(maxBytes: number): NodeMiddleware {
  return bodyLimit({
    maxSize: maxBytes,
    onError: (context) => context.json({ error: `the body is larger than ${maxBytes} bytes` }, 413),
  });
}

/**
 * Refuses writes of another content type than JSON: a page of another site can send a body without asking first, but
 * not with this type.
 */
export const requireJsonWrites: NodeMiddleware = async (context, next) => {
  const isWrite = ['POST', 'PUT', 'PATCH'].includes(context.req.method);
  if (isWrite && !/^application\/json\b/.test(context.req.header('content-type') ?? '')) {
    return context.json({ error: 'the content type must be application/json' }, 415);
  }
  return next();
};

function isLoopbackOrigin(origin: string): boolean {
  if (!URL.canParse(origin)) return false;
  const { hostname, protocol } = new URL(origin);
  return (protocol === 'http:' || protocol === 'https:') && LOOPBACK_NAMES.includes(hostname);
}
