/** Metrics in Prometheus' format. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Client } from 'sortition';
import type { ServerMetrics } from '../server-options.ts';

/** Limit of durations that wait to be counted: counting them together is much cheaper than counting each. */
const WAITING = 512;

/** Creates metrics of requests, of the process, and of each project's client. */
export function createMetrics(
  projects: readonly { readonly sdkKey: string; readonly client: Client }[],
): ServerMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Counter({
    name: 'sortition_requests_total',
    help: 'Requests that were answered.',
    labelNames: ['route', 'method', 'status'],
    registers: [registry],
  });
  const duration = new Histogram({
    name: 'sortition_request_duration_seconds',
    help: 'Time from request to answer.',
    labelNames: ['route'],
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
    registers: [registry],
  });
  const gauge = (name: string, help: string, read: (client: Client) => Record<string, number>, label: string): void => {
    new Gauge({
      name,
      help,
      labelNames: ['project', label],
      registers: [registry],
      collect() {
        for (const [index, { client }] of projects.entries()) {
          // SDK keys are similar to credentials, so metrics number the projects.
          for (const [key, value] of Object.entries(read(client)))
            this.set({ project: String(index), [label]: key }, value);
        }
      },
    });
  };
  gauge(
    'sortition_events',
    'Impressions and conversions by state.',
    (client) => ({ ...client.stats().events }),
    'state',
  );
  gauge('sortition_problems', 'Problems by code.', (client) => ({ ...client.stats().problems }), 'code');
  gauge('sortition_decisions', 'Decisions that were made.', (client) => ({ all: client.stats().decisions }), 'kind');
  const waiting = new Map<string, Map<string, Answers>>();
  let count = 0;
  const flush = (): void => {
    for (const [route, byMethod] of waiting) {
      const durations = duration.labels({ route });
      for (const [method, { statuses, seconds }] of byMethod) {
        for (const [status, answers] of statuses) requests.inc({ route, method, status: String(status) }, answers);
        for (const value of seconds) durations.observe(value);
      }
    }
    waiting.clear();
    count = 0;
  };
  return {
    observe({ route, method, status, durationMs }) {
      const byMethod = entryOf(waiting, route, () => new Map<string, Answers>());
      const { statuses, seconds } = entryOf(byMethod, method, () => ({ statuses: new Map(), seconds: [] }));
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      seconds.push(durationMs / 1_000);
      count += 1;
      if (count >= WAITING) flush();
    },
    text() {
      flush();
      return registry.metrics();
    },
  };
}

/** Responses of one route and method that are not counted yet. */
interface Answers {
  readonly statuses: Map<number, number>;
  readonly seconds: number[];
}

function entryOf<T>(map: Map<string, T>, key: string, make: () => T): T {
  let entry = map.get(key);
  if (entry === undefined) {
    entry = make();
    map.set(key, entry);
  }
  return entry;
}
