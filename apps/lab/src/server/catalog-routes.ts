/** The published datafile and its changes. */
import { isRecord, type NodeApp, type NodeContext } from '@sortition/emulator';
import type { ShopDatafile, ShopRule } from '@sortition/emulator/shop-datafile';
import type { MovePreview } from '../api/history.ts';
import { readBody } from './api-guards.ts';
import { type Draft, findRule, openDraft } from './edits/draft.ts';
import { EditError } from './edits/edit-error.ts';
import { changeFlag, createFlag, deleteFlag } from './edits/flag-edits.ts';
import {
  changeAudience,
  createAttribute,
  createAudience,
  createEvent,
  deleteAttribute,
  deleteAudience,
  deleteEvent,
} from './edits/list-edits.ts';
import { changeRule, createHoldout, createRule, deleteRule } from './edits/rule-edits.ts';
import type { LabParts } from './lab-parts.ts';
import { countMovedUsers } from './moved-users.ts';
import type { EditRefusal, Published } from './shop-catalog.ts';

type Edit = (draft: Draft, id: string, body: unknown) => string;

/** Every edit: method, path and what it does. `:id` is a key for flags, attributes and events, an id otherwise. */
const EDITS: readonly (readonly ['post' | 'patch' | 'delete', string, Edit])[] = [
  ['post', '/api/flags', (draft, _, body) => createFlag(draft, body)],
  ['patch', '/api/flags/:id', changeFlag],
  ['delete', '/api/flags/:id', deleteFlag],
  ['post', '/api/flags/:id/rules', createRule],
  ['delete', '/api/rules/:id', deleteRule],
  ['post', '/api/holdouts', (draft, _, body) => createHoldout(draft, body)],
  ['post', '/api/audiences', (draft, _, body) => createAudience(draft, body)],
  ['patch', '/api/audiences/:id', changeAudience],
  ['delete', '/api/audiences/:id', deleteAudience],
  ['post', '/api/attributes', (draft, _, body) => createAttribute(draft, body)],
  ['delete', '/api/attributes/:id', deleteAttribute],
  ['post', '/api/conversion-events', (draft, _, body) => createEvent(draft, body)],
  ['delete', '/api/conversion-events/:id', deleteEvent],
];

/** Adds the routes of flags, rules, audiences, attributes and events, and `/api/datafile` and `/api/reset`. */
export function addCatalogRoutes(app: NodeApp, lab: Promise<LabParts>): void {
  app.get('/api/datafile', async (context) => context.json({ datafile: (await lab).catalog.current() }));
  app.get('/api/revision', async (context) => context.json({ revision: (await lab).catalog.current().revision }));
  for (const [method, path, edit] of EDITS) {
    app[method](path, async (context) => {
      const { catalog } = await lab;
      const body = method === 'delete' ? undefined : await readBody(context);
      const id = context.req.param('id') ?? '';
      return answer(
        context,
        await catalog.change(
          baseOf(context),
          applied((draft) => edit(draft, id, body)),
        ),
      );
    });
  }
  app.patch('/api/rules/:id', async (context) => {
    const { catalog } = await lab;
    const body = await readBody(context);
    const ruleId = context.req.param('id');
    const edit = applied((draft) => changeRule(draft, ruleId, body));
    // What is refused anyway is refused for that reason; a conflict is told before users are counted.
    if (baseOf(context) === catalog.current().revision && !(isRecord(body) && body.allowMoves === true)) {
      const preview = await previewMoves(await lab, ruleId, edit);
      if (preview !== undefined && preview.movedUsers > 0) return context.json(asking(preview), 409);
    }
    return answer(context, await catalog.change(baseOf(context), edit));
  });
  app.post('/api/rules/:id/preview', async (context) => {
    const body = await readBody(context);
    const ruleId = context.req.param('id');
    const edit = applied((draft) => changeRule(draft, ruleId, body));
    const outcome = edit(structuredClone((await lab).catalog.current()));
    if (typeof outcome !== 'string') return answer(context, outcome);
    return context.json(await previewMoves(await lab, ruleId, edit));
  });
  app.post('/api/reset', async (context) => {
    const { catalog } = await lab;
    return answer(context, await catalog.replace(baseOf(context), catalog.original(), 'Reset to the sample shop'));
  });
}

/** The revision a write started from, quoted or not. */
export function baseOf(context: NodeContext): string | undefined {
  return context.req.header('if-match')?.replace(/^"(.*)"$/, '$1');
}

export function answer(context: NodeContext, outcome: Published | EditRefusal): Response {
  if (!('error' in outcome)) return context.json(outcome);
  return context.json({ error: outcome.error, ...outcome.details }, outcome.status);
}

/** An edit whose refusal is an answer. */
function applied(edit: (draft: Draft) => string): (document: ShopDatafile) => string | EditRefusal {
  return (document) => {
    try {
      return edit(openDraft(document));
    } catch (error) {
      if (!(error instanceof EditError)) throw error;
      return { status: error.status, error: error.message };
    }
  };
}

/** `undefined` when the edit is refused, or changes no traffic. */
async function previewMoves(
  { catalog, database }: LabParts,
  ruleId: string,
  edit: (document: ShopDatafile) => string | EditRefusal,
): Promise<MovePreview | undefined> {
  const [before, after] = [structuredClone(catalog.current()), structuredClone(catalog.current())];
  if (typeof edit(after) !== 'string') return undefined;
  const { rule: old } = findRule(openDraft(before), ruleId);
  const { trafficAllocation } = findRule(openDraft(after), ruleId).rule;
  const counts = await database.read((connection) => countMovedUsers(connection, old as ShopRule, trafficAllocation));
  return { trafficAllocation, movedShare: movedShare(old.trafficAllocation, trafficAllocation), ...counts };
}

function movedShare(before: MovePreview['trafficAllocation'], after: MovePreview['trafficAllocation']): number {
  const ownerAt = (ranges: MovePreview['trafficAllocation'], bucket: number) =>
    ranges.find(({ endOfRange }) => endOfRange > bucket)?.entityId ?? '';
  let start = 0;
  let moved = 0;
  const ends = [...new Set([...before, ...after].map(({ endOfRange }) => endOfRange))].sort((a, b) => a - b);
  for (const end of ends) {
    const owner = ownerAt(before, end - 1);
    if (owner !== '' && owner !== ownerAt(after, end - 1)) moved += end - start;
    start = end;
  }
  return moved / 100;
}

function asking(preview: MovePreview): { error: string } & MovePreview {
  const { movedUsers, seenUsers } = preview;
  const error = `this moves ${movedUsers} of ${seenUsers} users seen so far to another variation or out of the split; send "allowMoves": true to do it`;
  return { error, ...preview };
}
