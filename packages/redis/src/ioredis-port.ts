/**
 * ioredis from 5.0 on and iovalkey.
 *
 * Commands go through the methods named after them, in lower case. Sent with `call` and in capitals, versions before 5.9.2
 * do not find the key of a command: they leave out `keyPrefix` and send the command to any node of a cluster, and with
 * `enableAutoPipelining` `call` takes the command's name for its key.
 */
import type { ClientPort } from './client-port.ts';
import type { IoredisClient } from './redis-client.ts';

type Method = (...args: string[]) => unknown;

/** What is used of a client beside its commands. All of it may be missing from a wrapper with a method `call`. */
interface IoredisInternals {
  readonly isCluster?: boolean;
  readonly options?: { readonly enableAutoPipelining?: boolean; readonly keyPrefix?: string | Uint8Array };
  pipeline?(): Record<string, Method> & { exec(): Promise<readonly (readonly [unknown, unknown])[] | null> };
  nodes?(role: 'all'): readonly object[];
  sendCommand?(command: unknown): unknown;
}

/** Creates a command that a client sends as it is; the key prefix is added only when told to. */
type CommandClass = new (name: string, args: readonly string[], options: { replyEncoding: 'utf8' }) => unknown;

export function toIoredisPort(client: IoredisClient & IoredisInternals): ClientPort {
  const { isCluster, options } = client;
  const groupsByFirstArgument = isCluster === true && options?.enableAutoPipelining === true;
  return {
    send(_key, [name = '', ...args]) {
      const method = name.toLowerCase();
      // Before 5.11 automatic pipelines take a script's hash for its key, and mix scripts of several nodes.
      if (groupsByFirstArgument && method.startsWith('eval')) return sendAlone(client, method, args);
      const call = (client as unknown as Record<string, Method | undefined>)[method];
      return typeof call === 'function' ? call.apply(client, args) : client.call(method, args);
    },
    sendUnprefixed: hasPrefix(options)
      ? (_key, [name = '', ...args]) => sendRaw(client, name.toLowerCase(), args)
      : null,
  };
}

function hasPrefix(options: IoredisInternals['options']): boolean {
  return (options?.keyPrefix?.length ?? 0) > 0;
}

/** A pipeline of one command is routed by the key of that command. */
async function sendAlone(client: IoredisInternals, method: string, args: readonly string[]): Promise<unknown> {
  const pipeline = client.pipeline?.();
  if (pipeline === undefined) throw new Error('The Redis client has automatic pipelines and no method "pipeline".');
  pipeline[method]?.(...args);
  const [[error, reply] = [undefined, null]] = (await pipeline.exec()) ?? [];
  if (error) throw error;
  return reply;
}

function sendRaw(client: IoredisInternals, method: string, args: readonly string[]): unknown {
  const Command = findCommandClass(client);
  if (Command === undefined) throw new Error('The Redis client cannot send a command without its keyPrefix.');
  return client.sendCommand?.(new Command(method, args, { replyEncoding: 'utf8' }));
}

/** A property of the class `Redis`; a cluster consists of such clients. */
function findCommandClass(client: IoredisInternals): CommandClass | undefined {
  const [node] = client.isCluster === true ? (client.nodes?.('all') ?? []) : [client];
  return (node?.constructor as { Command?: CommandClass } | undefined)?.Command;
}
