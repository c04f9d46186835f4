/** The published datafile and its changes. */
import type { NodeApp, NodeContext } from '@sortition/emulator';
import { readBody } from './api-guards.ts';
import type { LabParts } from './lab-parts.ts';
import { changeAudience, changeRule } from './rule-change.ts';
import type { EditRefusal, Published } from './shop-catalog.ts';

/** Adds `/api/datafile`, `/api/rules/:ruleId`, `/api/audiences/:audienceId` and `/api/reset`. */
export function addCatalogRoutes(app: NodeApp, lab: Promise<LabParts>): void {
  app.get('/api/datafile', async (context) => context.json({ datafile: (await lab).catalog.current() }));
  app.patch('/api/rules/:ruleId', async (context) => {
    const { catalog } = await lab;
    const body = await readBody(context);
    const ruleId = context.req.param('ruleId');
    return answer(context, await catalog.change((draft) => changeRule(draft, ruleId, body)));
  });
  app.patch('/api/audiences/:audienceId', async (context) => {
    const { catalog } = await lab;
    const body = await readBody(context);
    const audienceId = context.req.param('audienceId');
    return answer(context, await catalog.change((draft) => changeAudience(draft, audienceId, body)));
  });
  app.post('/api/reset', async (context) => context.json(await (await lab).catalog.reset()));
}

function answer(context: NodeContext, outcome: Published | EditRefusal): Response {
  return 'error' in outcome ? context.json({ error: outcome.error }, outcome.status) : context.json(outcome);
}
