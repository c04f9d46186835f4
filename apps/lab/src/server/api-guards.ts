/** What every `/api` route has in common. */
import { type NodeApp, type NodeContext, type NodeMiddleware, readJsonBody } from '@sortition/lab-server';

/**
 * Refuses writes of another content type: a page of another site can send a body without asking first, but not with
 * this type.
 */
const requireJson: NodeMiddleware = async (context, next) => {
  const isWrite = ['POST', 'PUT', 'PATCH'].includes(context.req.method);
  if (isWrite && !/^application\/json\b/.test(context.req.header('content-type') ?? '')) {
    return context.json({ error: 'the content type must be application/json' }, 415);
  }
  context.header('cache-control', 'no-store');
  return next();
};

/** Adds `routes` under `/api`, with the guard before and a 404 after them. */
export function addApi(app: NodeApp, routes: readonly ((app: NodeApp) => void)[]): void {
  app.use('/api/*', requireJson);
  for (const addRoutes of routes) addRoutes(app);
  app.all('/api/*', (context) => context.json({ error: 'there is no such route' }, 404));
}

/** The body as value; `undefined`, which no JSON is, when it cannot be read. */
export async function readBody(context: NodeContext): Promise<unknown> {
  return (await readJsonBody(context)).value;
}
