/**
 * ioredis from 5.0 on and iovalkey.
 *
 * Commands go through the methods named after them, in lower case. Sent with `call` and in capitals, versions before
 * 5.9.2 do not find the key of a command: they leave out `keyPrefix` and send the command to any node of a cluster, and
 * with `enableAutoPipelining` `call` takes the command's name for its key. In other cases `call` is used, because it
 * returns a hash as a flat list: the method `hgetall` first builds an object, which takes longer than the rest.
 */
import { tryPart } from '@sortition/core/internal';
import type { ClientPort } from './client-port.ts';
import type { IoredisClient } from './redis-client.ts';

type Method = (...args: string[]) => unknown;

/** The members of a client that are used besides its commands. A wrapper with a method `call` may have none of them. */
interface IoredisInternals {
  readonly isCluster?: boolean;
  readonly options?: { readonly enableAutoPipelining?: boolean; readonly keyPrefix?: string | Uint8Array };
  pipeline?(): Pipeline;
  sendCommand?(command: unknown): unknown;
}

interface Pipeline {
  /** Prepared commands. */
  readonly _queue?: readonly object[];
  get?: Method;
  eval?: Method;
  evalsha?: Method;
  exec(): Promise<readonly (readonly [unknown, unknown])[] | null>;
}

/** Creates a command that a client sends unchanged; the key prefix is added only on request. */
type CommandClass = new (
  name: string,
  args: readonly string[],
  options: { readonly replyEncoding?: 'utf8'; readonly keyPrefix?: string },
) => { readonly args?: readonly unknown[] };

export function toIoredisPort(client: IoredisClient & IoredisInternals): ClientPort {
  const { isCluster, options } = client;
  const Command = findCommandClass(client);
  const usesCall = isCluster !== true && options?.enableAutoPipelining !== true && findsKeysInCapitals(Command);
  const groupsByFirstArgument = isCluster === true && options?.enableAutoPipelining === true;
  return {
    send(_key, [name = '', ...args]) {
      if (usesCall) return client.call(name, args);
      const method = name.toLowerCase();
      // Before 5.11 automatic pipelines use a script's hash as its key, and mix scripts of several nodes.
      if (groupsByFirstArgument && method.startsWith('eval')) return sendAlone(client, method, args);
      const call = (client as unknown as Record<string, Method | undefined>)[method];
      return typeof call === 'function' ? call.apply(client, args) : client.call(method, args);
    },
    sendUnprefixed: (options?.keyPrefix?.length ?? 0) > 0 ? toRawSend(client, Command) : null,
  };
}

/** A pipeline of one command is routed by the key of that command. */
async function sendAlone(client: IoredisInternals, method: string, args: readonly string[]): Promise<unknown> {
  const pipeline = client.pipeline?.();
  if (pipeline === undefined) throw new Error('The Redis client has automatic pipelines and no method "pipeline".');
  pipeline[method as 'eval' | 'evalsha']?.(...args);
  const [[error, reply] = [undefined, null]] = (await pipeline.exec()) ?? [];
  if (error) throw error;
  return reply;
}

/** The class of a client's commands, taken from one that a pipeline has prepared and does not send. */
function findCommandClass(client: IoredisInternals): CommandClass | undefined {
  return tryPart(() => {
    const pipeline = client.pipeline?.();
    pipeline?.get?.('');
    return pipeline?._queue?.[0]?.constructor as CommandClass | undefined;
  });
}

function findsKeysInCapitals(Command: CommandClass | undefined): boolean {
  if (Command === undefined) return false;
  return tryPart(() => new Command('GET', ['key'], { keyPrefix: 'prefix:' }).args?.[0]) === 'prefix:key';
}

/** The methods of a client always add its prefix; command objects do so only on request. */
function toRawSend(client: IoredisInternals, Command: CommandClass | undefined): ClientPort['sendUnprefixed'] {
  if (Command === undefined || typeof client.sendCommand !== 'function') return null;
  return (_key, [name = '', ...args]) =>
    client.sendCommand?.(new Command(name.toLowerCase(), args, { replyEncoding: 'utf8' }));
}
