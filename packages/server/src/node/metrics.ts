/** Metrics in Prometheus' format. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Client } from 'sortition';
import type { ServerMetrics } from '../server-options.ts';

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
          // SDK keys are credentials of a kind: metrics number the projects.
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
  return {
    observe({ route, method, status, durationMs }) {
      requests.inc({ route, method, status: String(status) });
      duration.observe({ route }, durationMs / 1_000);
    },
    text: () => registry.metrics(),
  };
}
