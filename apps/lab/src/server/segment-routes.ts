/** Segments of users, as the ODP emulator has them. */
import { isRecord, type NodeApp, type OdpEmulator } from '@sortition/emulator';
import { readBody } from './api-guards.ts';
import type { LabParts } from './lab-parts.ts';

const MAX_SEGMENTS = 100;
const MAX_LENGTH = 200;

/** Adds `/api/users/:userId/segments`. */
export function addSegmentRoutes(app: NodeApp, lab: Promise<LabParts>, odp: OdpEmulator): void {
  app.get('/api/users/:userId/segments', (context) =>
    context.json({ segments: odp.segments(context.req.param('userId')) }),
  );
  app.put('/api/users/:userId/segments', async (context) => {
    const segments = readSegments(await readBody(context));
    if (segments === undefined) {
      return context.json({ error: `expected { "segments": [...] }, up to ${MAX_SEGMENTS} names` }, 400);
    }
    const userId = context.req.param('userId');
    (await lab).settings.setSegments(userId, segments);
    return context.json({ segments: odp.segments(userId) });
  });
}

function readSegments(body: unknown): readonly string[] | undefined {
  const segments = isRecord(body) ? body.segments : undefined;
  if (!Array.isArray(segments) || segments.length > MAX_SEGMENTS) return undefined;
  return segments.every(isSegmentName) ? segments : undefined;
}

function isSegmentName(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MAX_LENGTH;
}
