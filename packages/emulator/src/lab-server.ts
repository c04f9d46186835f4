/** The local services on one loopback port. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import { createDatafileCdn, type DatafileCdn } from './datafile-cdn.ts';
import { createEventCollector, type EventCollector } from './event-collector.ts';
import { createMemoryEventStore, type EventStore } from './event-store.ts';
import { createFaultSwitches, type FaultSwitches } from './faults.ts';
import { readJsonBody } from './json-body.ts';
import type { NodeApp } from './node-context.ts';
import { createOdpEmulator, type OdpEmulator, type OdpEmulatorOptions } from './odp-emulator.ts';
import { parseFaults } from './parse-faults.ts';
import { createPredictionEndpoint, type Predict, type PredictionEndpoint } from './prediction-endpoint.ts';
import { allowLoopbackPages, checkHost, limitBody, refuseForeignPages, requireJsonWrites } from './request-guards.ts';
import { createVardataEndpoint, type VardataEndpoint, type VardataOptions } from './vardata-endpoint.ts';

/** Settings of a lab server; all optional. */
export interface LabServerOptions {
  /** 0, the default, picks a free port. */
  readonly port?: number;
  /** Host names accepted besides the loopback ones. */
  readonly allowedHosts?: readonly string[];
  /** Largest request body; 5 MiB by default. */
  readonly maxBodyBytes?: number;
  /** SDK key to datafile, published at the start. */
  readonly datafiles?: Readonly<Record<string, string | object>>;
  readonly odp?: OdpEmulatorOptions;
  /** Where events are kept; in memory by default. Closed with the server. */
  readonly eventStore?: EventStore;
  /** Returns predictions; without it, every rule gets 404. */
  readonly predict?: Predict;
  readonly vardata?: VardataOptions;
  /** Adds routes of your own, behind the same guards. */
  readonly extend?: (app: NodeApp, services: LabServices) => void;
  /** A silent event stream sends a comment this often, so that readers can tell it from a dead one; 15,000 by default. */
  readonly heartbeatMs?: number;
  /** Draws for the `rate` of faults, uniform in [0, 1). */
  readonly random?: () => number;
}

/** The controls of the services. */
export interface LabServices {
  readonly faults: FaultSwitches;
  readonly datafiles: DatafileCdn;
  readonly odp: OdpEmulator;
  readonly events: EventCollector;
  readonly predictions: PredictionEndpoint;
  readonly vardata: VardataEndpoint;
}

/** A running lab server. */
export interface LabServer extends LabServices {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** Ends every connection, also hanging ones, and frees the port. Idempotent. */
  close(): Promise<void>;
}

/**
 * Starts the services and resolves once they accept connections on `127.0.0.1`.
 *
 * Rejects when the port is taken.
 *
 * @example
 * const lab = await createLabServer({ datafiles: { lab: datafile } });
 * lab.odp.setSegments('alice', ['vip']);
 * lab.faults.set('events', { kind: 'status', status: 500, rate: 0.05 });
 * await lab.close();
 */
export async function createLabServer(options: LabServerOptions = {}): Promise<LabServer> {
  const app: NodeApp = new Hono();
  const faults = createFaultSwitches(options.random);
  const eventStore = options.eventStore ?? createMemoryEventStore();

  app.use(checkHost(options.allowedHosts ?? []), limitBody(options.maxBodyBytes ?? 5 * 2 ** 20), refuseForeignPages);
  addChaosRoutes(app, faults);
  for (const path of ['/datafiles/*', '/v1/*', '/v3/*', '/predict/*', '/sdk/*']) app.use(path, allowLoopbackPages());
  const datafiles = createDatafileCdn(app, faults, options.heartbeatMs);
  const odp = createOdpEmulator(app, faults, options.odp);
  const events = createEventCollector(app, faults, eventStore);
  const predictions = createPredictionEndpoint(app, faults, options.predict ?? (() => undefined));
  const vardata = createVardataEndpoint(app, faults, options.vardata);
  const services: LabServices = { faults, datafiles, odp, events, predictions, vardata };
  options.extend?.(app, services);
  app.onError((error, context) => context.json({ error: `the lab server failed: ${error.message}` }, 500));
  for (const [sdkKey, datafile] of Object.entries(options.datafiles ?? {})) datafiles.publish(sdkKey, datafile);

  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  const port = await listen(server, options.port ?? 0);
  let closing: Promise<void> | undefined;
  return {
    ...services,
    url: `http://127.0.0.1:${port}`,
    port,
    close() {
      closing ??= closeServer(server).then(() => eventStore.close?.());
      return closing;
    },
  };
}

function addChaosRoutes(app: NodeApp, faults: FaultSwitches): void {
  app.use('/__chaos', requireJsonWrites);
  app.get('/__chaos', (context) => context.json(faults.list()));
  app.post('/__chaos', async (context) => {
    const { value } = await readJsonBody(context);
    const parsed = parseFaults(value);
    if (typeof parsed === 'string') return context.json({ error: parsed }, 400);
    for (const endpoint of parsed.endpoints) {
      if (parsed.faults.length === 0) faults.clear(endpoint);
      else faults.set(endpoint, parsed.faults);
    }
    return context.json(faults.list());
  });
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE';
      reject(taken ? new Error(`Port ${port} is already in use; stop what uses it or choose another.`) : error);
    });
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
