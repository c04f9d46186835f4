/** The lab's page: static files behind a policy under which nothing but them runs. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { serveStatic } from '@hono/node-server/serve-static';
import type { NodeApp } from '@sortition/emulator';
import { secureHeaders } from 'hono/secure-headers';

const POLICY = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  fontSrc: ["'self'"],
  imgSrc: ["'self'", 'data:'],
  connectSrc: ["'self'"],
  baseUri: ["'none'"],
  formAction: ["'none'"],
  frameAncestors: ["'none'"],
};

/**
 * Adds the files of `folder` at `/`.
 *
 * @param folder Where `vite build` put the page. Without it the services work as ever and `/` says what is missing.
 */
export function addPageRoutes(app: NodeApp, folder: string): void {
  if (!existsSync(join(folder, 'index.html'))) {
    app.get('/', (context) => context.text('The page is not built: run "npx pnpm build".', 404));
    return;
  }
  // Loopback is plain http: a browser that was told to insist on https would lose the page.
  app.get('*', secureHeaders({ contentSecurityPolicy: POLICY, strictTransportSecurity: false }));
  app.get('/assets/*', async (context, next) => {
    await next();
    if (context.res.ok) context.header('cache-control', 'public, max-age=31536000, immutable');
  });
  app.get('*', serveStatic({ root: folder }));
}
