/** The two entries of the package under one roof, and servers that end with their test. */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Logger } from '@sortition/core';
import { type Responder, type ScriptServer, startScriptServer } from '@sortition/rig';
import { onTestFinished } from 'vitest';
import { createRemoteClient as createFetchClient, type RemoteClient, type RemoteConfig } from '../src/index.ts';
import { createRemoteClient as createNodeClient } from '../src/node/index.ts';

export const DEPLOYMENT_KEY = 'server-canary-key-0123456789abcdef';

export const ENTRIES = [
  ['the main entry', createFetchClient],
  ['the entry for Node', createNodeClient],
] as const;

export type CreateClient = typeof createNodeClient;

/** Waits take no time unless the test says otherwise. */
export function openClient(create: CreateClient, serverUrl: string, config: RemoteConfig = {}): RemoteClient {
  const client = create(DEPLOYMENT_KEY, {
    serverUrl,
    logger: false,
    fetchRetryBackoffMinMillis: 0,
    random: () => 0,
    ...config,
  });
  onTestFinished(() => client.close());
  return client;
}

/** A server that answers from a script; the last responder answers all further requests. */
export async function openServer(...responders: readonly Responder[]): Promise<ScriptServer> {
  const server = await startScriptServer(responders);
  onTestFinished(() => server.close());
  return server;
}

/** A logger that hands on what it is told at level `debug`. */
export const debugLogger = (debug: (fields: object) => void): Logger => ({
  debug,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
});

/** An answer with this JSON. */
export const json = (value: unknown) => ({
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(value),
});

/** Reads what a header carries. */
export const decode = (text: string | undefined): unknown =>
  text === undefined ? undefined : JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));

/** A server that closes connections when clients do, so that those left open can be counted. */
export async function openCountingServer(listener: RequestListener): Promise<{ url: string; open(): number }> {
  const sockets = new Set<Socket>();
  const server = createServer(listener);
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, open: () => sockets.size };
}
