/** Serves the built worker on a loopback port, from an edge runtime in this process; the lab is its CDN and collector. */
import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import { runWorker } from './edge-runtime.ts';

try {
  serve(readPort('LAB_PORT', 4010), readPort('EDGE_PORT', 4030));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

function serve(labPort: number, port: number): void {
  const lab = `http://127.0.0.1:${labPort}`;
  const worker = runWorker(readFileSync(new URL('worker.global.js', import.meta.url), 'utf8'), {
    SDK_KEY: 'lab',
    DATAFILE_URL: `${lab}/datafiles/%s.json`,
    EVENTS_URL: `${lab}/v1/events`,
    ANALYTICS_KEY: 'lab-analytics',
    CONFIG_MAX_AGE_MS: '2000',
  });

  const server = createAdaptorServer({ fetch: (request) => worker.fetch(request) }) as Server;
  server.once('error', (error: NodeJS.ErrnoException) => {
    const isTaken = error.code === 'EADDRINUSE';
    console.error(isTaken ? `Port ${port} is already in use; choose another with EDGE_PORT.` : error.message);
    process.exitCode = 1;
  });
  server.listen(port, '127.0.0.1', () => {
    console.log(`The edge shop listens on http://127.0.0.1:${port} and asks the lab on ${lab}. Ctrl+C stops it.`);
  });

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, async () => {
      server.close();
      await worker.settle();
      server.closeAllConnections();
    });
  }
}

function readPort(name: string, fallback: number): number {
  const text = process.env[name] ?? String(fallback);
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new Error(`${name} is "${text}"; a port number was expected.`);
}
