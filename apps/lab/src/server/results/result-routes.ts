/** Experiments and what came of them. */
import type { NodeApp, NodeContext } from '@sortition/emulator';
import { listExperiments, type ShopDatafile, type ShopRule } from '@sortition/emulator/shop-datafile';
import type { LabParts } from '../lab-parts.ts';
import { createAnswerCache } from './answer-cache.ts';
import { readResults, readSegments } from './experiment-results.ts';
import { formatResults } from './result-csv.ts';
import type { ResultQuestion } from './result-question.ts';

/** Adds `/api/experiments`, `/api/results/:ruleId` and, beneath it, `/segments` and `/csv`. */
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
  const answers = createAnswerCache();
  const stateOf = ({ catalog, events }: LabParts) => `${catalog.current().revision}/${events.changes()}`;
  const resultsOf = async (parts: LabParts, question: ResultQuestion) =>
    answers.answer(stateOf(parts), ['results', question], () =>
      parts.database.read((connection) => readResults(connection, question)),
    );
  app.get('/api/results/:ruleId', async (context) => {
    const parts = await lab;
    const question = readQuestion(context, parts.catalog.current());
    if ('error' in question) return context.json({ error: question.error }, question.status);
    // Before the figures: a simulation that is over then has all its events in them.
    const simulation = parts.simulations.current() ?? null;
    const results = await resultsOf(parts, question);
    return results === undefined ? context.json(NO_PERIOD, 404) : context.json({ ...results, simulation });
  });
  app.get('/api/results/:ruleId/segments', async (context) => {
    const parts = await lab;
    const question = readQuestion(context, parts.catalog.current());
    if ('error' in question) return context.json({ error: question.error }, question.status);
    const attribute = context.req.query('attribute') ?? '';
    if (attribute === '')
      return context.json({ error: '"attribute" is missing; expected the key of an attribute' }, 400);
    const segments = await answers.answer(stateOf(parts), ['segments', question, attribute], () =>
      parts.database.read((connection) => readSegments(connection, question, attribute)),
    );
    return segments === undefined ? context.json(NO_PERIOD, 404) : context.json(segments);
  });
  app.get('/api/results/:ruleId/csv', async (context) => {
    const parts = await lab;
    const question = readQuestion(context, parts.catalog.current());
    if ('error' in question) return context.json({ error: question.error }, question.status);
    const results = await resultsOf(parts, question);
    if (results === undefined) return context.json(NO_PERIOD, 404);
    context.header('content-type', 'text/csv; charset=utf-8');
    context.header('content-disposition', `attachment; filename="${results.ruleKey.replace(/[^\w-]/g, '_')}.csv"`);
    return context.body(formatResults(results));
  });
}

const NO_PERIOD = { error: 'the experiment has no such period; expected the first revision of one' };

function readQuestion(
  context: NodeContext,
  document: ShopDatafile,
): ResultQuestion | { readonly error: string; readonly status: 400 | 404 } {
  const rule = listSplits(document).find(({ id }) => id === context.req.param('ruleId'));
  if (rule === undefined) return { error: 'there is no experiment of this id', status: 404 };
  const eventKeys = document.events.map(({ key }) => key);
  const eventKey = context.req.query('event') ?? (eventKeys.includes('purchase') ? 'purchase' : (eventKeys[0] ?? ''));
  if (!eventKeys.includes(eventKey)) {
    return { error: `"event" must be one of ${eventKeys.join(', ')}`, status: 400 };
  }
  return { rule, eventKey, period: context.req.query('period'), controlId: context.req.query('control') };
}

/** Experiments that split their traffic between variations; a bandit changes its split as it learns. */
function listSplits(document: ShopDatafile): readonly ShopRule[] {
  return listExperiments(document).filter(({ cmab, variations }) => cmab === undefined && variations.length > 1);
}

function titleOf(key: string): string {
  const words = key.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
