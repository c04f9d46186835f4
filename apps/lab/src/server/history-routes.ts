/** What was published: the list, each version, the difference between two, and the way back. */
import { isRecord, type NodeApp } from '@sortition/emulator';
import { readBody } from './api-guards.ts';
import { answer, baseOf } from './catalog-routes.ts';
import { compareDatafiles } from './difference.ts';
import type { LabParts } from './lab-parts.ts';

const MAX_VERSIONS = 200;

/** Adds `/api/history`, `/api/history/:revision`, `/api/compare` and `/api/restore`. */
export function addHistoryRoutes(app: NodeApp, lab: Promise<LabParts>): void {
  app.get('/api/history', async (context) => {
    const limit = Number(context.req.query('limit') ?? 50);
    if (!Number.isInteger(limit) || limit < 1 || limit > MAX_VERSIONS) {
      return context.json({ error: `"limit" must be a whole number from 1 to ${MAX_VERSIONS}` }, 400);
    }
    const before = context.req.query('before');
    if (before !== undefined && !/^\d{1,15}$/.test(before))
      return context.json({ error: '"before" must be a revision' }, 400);
    const { configurations } = await lab;
    return context.json(await configurations.list({ limit, before: before === undefined ? null : Number(before) }));
  });
  app.get('/api/history/:revision', async (context) => {
    const document = await (await lab).configurations.read(context.req.param('revision'));
    return document === undefined ? context.json(UNKNOWN, 404) : context.json({ datafile: document });
  });
  app.get('/api/compare', async (context) => {
    const { configurations } = await lab;
    const [before, after] = await Promise.all(
      ['from', 'to'].map((name) => configurations.read(context.req.query(name) ?? '')),
    );
    if (before === undefined || after === undefined) return context.json(UNKNOWN, 404);
    return context.json({ differences: compareDatafiles(before, after) });
  });
  app.post('/api/restore', async (context) => {
    const { catalog, configurations } = await lab;
    const body = await readBody(context);
    const revision = isRecord(body) ? body.revision : undefined;
    if (typeof revision !== 'string') return context.json({ error: 'expected { "revision": "<revision>" }' }, 400);
    const document = await configurations.read(revision);
    if (document === undefined) return context.json(UNKNOWN, 404);
    return answer(context, await catalog.replace(baseOf(context), document, `Restored revision ${revision}`));
  });
}

const UNKNOWN = { error: 'this revision was never published here' };
