/** What every `/api` route has in common. */
import {
  type NodeApp,
  type NodeContext,
  type NodeMiddleware,
  readJsonBody,
  requireJsonWrites,
} from '@sortition/emulator';

const doNotKeep: NodeMiddleware = async (context, next) => {
  context.header('cache-control', 'no-store');
  return next();
};

/** Adds `routes` under `/api`, with what guards them before and a 404 after them. */
export function addApi(app: NodeApp, routes: readonly ((app: NodeApp) => void)[]): void {
  app.use('/api/*', requireJsonWrites, doNotKeep);
  for (const addRoutes of routes) addRoutes(app);
  app.all('/api/*', (context) => context.json({ error: 'there is no such route' }, 404));
}

/** The body as value; `undefined`, which no JSON is, when it cannot be read. */
export async function readBody(context: NodeContext): Promise<unknown> {
  return (await readJsonBody(context)).value;
}
