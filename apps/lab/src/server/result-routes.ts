/** Experiments and what came of them. */
import type { NodeApp } from '@sortition/emulator';
import { listExperiments, type ShopDatafile, type ShopRule } from '@sortition/emulator/shop-datafile';
import { readResults } from './experiment-results.ts';
import type { LabParts } from './lab-parts.ts';

/** Adds `/api/experiments` and `/api/results/:ruleId`. */
export function addResultRoutes(app: NodeApp, lab: Promise<LabParts>): void {
  app.get('/api/experiments', async (context) => {
    const document = (await lab).catalog.current();
    const experiments = listSplits(document).map(({ id, key }) => ({
      ruleId: id,
      ruleKey: key,
      flagKey: document.featureFlags.find(({ experimentIds }) => experimentIds.includes(id))?.key ?? '',
      name: titleOf(key),
    }));
    return context.json(experiments);
  });
  app.get('/api/results/:ruleId', async (context) => {
    const { catalog, database } = await lab;
    const document = catalog.current();
    const rule = listSplits(document).find(({ id }) => id === context.req.param('ruleId'));
    if (rule === undefined) return context.json({ error: 'there is no experiment of this id' }, 404);
    const eventKey = context.req.query('event') ?? 'purchase';
    const eventKeys = document.events.map(({ key }) => key);
    if (!eventKeys.includes(eventKey)) {
      return context.json({ error: `"event" must be one of ${eventKeys.join(', ')}` }, 400);
    }
    return context.json(await readResults(database.queries, rule, eventKey));
  });
}

/** Experiments that split their traffic between variations; a bandit changes its split as it learns. */
function listSplits(document: ShopDatafile): readonly ShopRule[] {
  return listExperiments(document).filter(({ cmab, variations }) => cmab === undefined && variations.length > 1);
}

function titleOf(key: string): string {
  const words = key.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
