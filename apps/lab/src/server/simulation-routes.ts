/** Simulated traffic on demand. */
import { isRecord, type NodeApp } from '@sortition/emulator';
import { readBody } from './api-guards.ts';
import type { LabParts } from './lab-parts.ts';

const MAX_VISITORS = 100_000;
const MAX_SEED = 2 ** 32 - 1;

/** Adds `/api/simulations` and `/api/simulations/current`. */
export function addSimulationRoutes(app: NodeApp, lab: Promise<LabParts>): void {
  app.post('/api/simulations', async (context) => {
    const { simulations } = await lab;
    const order = readOrder(await readBody(context));
    if (typeof order === 'string') return context.json({ error: order }, 400);
    if (simulations.current()?.state === 'running') return context.json({ error: 'a simulation is running' }, 409);
    return context.json({ id: simulations.start(order).id }, 202);
  });
  app.get('/api/simulations/current', async (context) => {
    // Not a 404 when none was started: the page asks again and again, and a browser would report each as an error.
    return context.json((await lab).simulations.current() ?? null);
  });
}

function readOrder(body: unknown): { visitors: number; seed: number } | string {
  if (!isRecord(body)) return 'expected { "visitors", "seed" }';
  const { visitors = 10_000, seed = Math.floor(Math.random() * MAX_SEED) } = body;
  if (!isWhole(visitors, MAX_VISITORS) || visitors === 0) {
    return `"visitors" must be a whole number from 1 to ${MAX_VISITORS}`;
  }
  if (!isWhole(seed, MAX_SEED)) return `"seed" must be a whole number from 0 to ${MAX_SEED}`;
  return { visitors, seed };
}

function isWhole(value: unknown, max: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= max;
}
