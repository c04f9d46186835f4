/** One way to send a command to every supported client. */
import { SdkError } from '@sortition/core';
import { invalidOption } from '@sortition/core/internal';
import type { ClientPort } from './client-port.ts';
import { toIoredisPort } from './ioredis-port.ts';
import { toNodeRedisPort } from './node-redis-port.ts';
import type { RedisCommander } from './redis-client.ts';
import { findRefusal } from './refused-clients.ts';
import { watchTransaction } from './transaction-watch.ts';

/** Sends one command that concerns one key. Never throws; rejects with what the client reports. */
export type SendCommand = (key: string, args: readonly string[]) => Promise<unknown>;

/** A client, seen as something that takes commands. */
export interface CommandPort {
  /** Keys get the `keyPrefix` of the client, whichever client and version that is. */
  readonly send: SendCommand;
  /** Leaves the key as it is. `null` when that is what `send` does, because the client has no `keyPrefix`. */
  readonly sendUnprefixed: SendCommand | null;
  /** Removes what was attached to the client. */
  close(): void;
}

/**
 * Finds out how a client takes commands.
 *
 * @param owner Name of the factory that was given the client, for messages.
 * @throws SdkError `invalid-option` on a value that takes no commands, and on clients known to answer `undefined`.
 */
export function createCommandPort(owner: string, client: unknown): CommandPort {
  const refusal = findRefusal(client);
  if (refusal !== null)
    throw new SdkError('invalid-option', `The option "client" of ${owner} cannot be used: ${refusal}`);
  const port = toClientPort(client);
  if (port === null) {
    throw invalidOption(owner, 'client', 'a client of ioredis or node-redis, or have a method "command"', client);
  }
  const transaction = watchTransaction(client as object);
  const guarded =
    (send: ClientPort['send']): SendCommand =>
    async (key, args) => {
      if (transaction.isOpen()) await transaction.ended();
      return checkReply(args, await send(key, args));
    };
  return {
    send: guarded(port.send),
    sendUnprefixed: port.sendUnprefixed === null ? null : guarded(port.sendUnprefixed),
    close: () => transaction.unwatch(),
  };
}

function toClientPort(client: unknown): ClientPort | null {
  const candidate = (client ?? {}) as Partial<Record<'call' | 'sendCommand' | 'command', unknown>>;
  // ioredis also has a `sendCommand`, and both packages a `command`, that mean something else: the order matters.
  if (typeof candidate.call === 'function') return toIoredisPort(client as never);
  if (typeof candidate.sendCommand === 'function') return toNodeRedisPort(client as never);
  if (typeof candidate.command !== 'function') return null;
  const commander = client as RedisCommander;
  return { send: (key, args) => commander.command(key, args), sendUnprefixed: null };
}

/** Refuses replies that no server sends to these commands. A missing value is `null`, never `undefined`. */
function checkReply(args: readonly string[], reply: unknown): unknown {
  if (reply === undefined) {
    throw new SdkError(
      'store-failed',
      `The Redis client answered undefined to ${args[0]}, which no server does: it takes callbacks, or is a mock. ` +
        'Pass a client that returns promises, such as "client.v4" of a node-redis 4 client in legacy mode.',
    );
  }
  if (reply === 'QUEUED' && args[0] !== 'HGET') {
    throw new SdkError(
      'store-failed',
      `${args[0]} was queued in a MULTI of the application instead of carried out. Pass a client of its own, such as client.duplicate().`,
    );
  }
  return reply;
}
