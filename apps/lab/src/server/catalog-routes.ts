/** The published datafile and its changes. */
import type { NodeApp, NodeContext } from '@sortition/lab-server';
import { readBody } from './api-guards.ts';
import { changeAudience, changeRule } from './rule-change.ts';
import type { EditRefusal, ShopCatalog } from './shop-catalog.ts';

/** Adds `/api/datafile`, `/api/rules/:ruleId`, `/api/audiences/:audienceId` and `/api/reset`. */
export function addCatalogRoutes(app: NodeApp, catalog: () => ShopCatalog): void {
  app.get('/api/datafile', (context) => context.json({ datafile: catalog().current() }));
  app.patch('/api/rules/:ruleId', async (context) => {
    const body = await readBody(context);
    return answer(
      context,
      catalog().change((draft) => changeRule(draft, context.req.param('ruleId'), body)),
    );
  });
  app.patch('/api/audiences/:audienceId', async (context) => {
    const body = await readBody(context);
    return answer(
      context,
      catalog().change((draft) => changeAudience(draft, context.req.param('audienceId'), body)),
    );
  });
  app.post('/api/reset', (context) => context.json(catalog().reset()));
}

function answer(context: NodeContext, outcome: { revision: string } | EditRefusal): Response {
  return 'error' in outcome ? context.json({ error: outcome.error }, outcome.status) : context.json(outcome);
}
