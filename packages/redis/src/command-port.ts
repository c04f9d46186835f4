/** One way to send a command to every supported client. */
import { SdkError } from '@sortition/core';
import { invalidOption } from '@sortition/core/internal';
import type { ClientPort } from './client-port.ts';
import { toIoredisPort } from './ioredis-port.ts';
import { toNodeRedisPort } from './node-redis-port.ts';
import type { RedisCommander } from './redis-client.ts';
import { findRefusal } from './refused-clients.ts';
import { type TransactionWatch, watchTransaction } from './transaction-watch.ts';

/** Sends a command with one key. Never throws; rejects with the error of the client. */
export type SendCommand = (key: string, args: readonly string[]) => Promise<unknown>;

/** A client as a port for commands. */
export interface CommandPort {
  /** Keys get the `keyPrefix` of the client, for every client and version. */
  readonly send: SendCommand;
  /** Sends the key without the prefix. `null` when the client has no `keyPrefix`, so that `send` does the same. */
  readonly sendUnprefixed: SendCommand | null;
  /** Removes what was attached to the client. */
  close(): void;
}

/**
 * Detects how a client accepts commands.
 *
 * @param owner Name of the factory that was given the client, for messages.
 * @throws SdkError `invalid-option` for a value that does not accept commands, and for clients known to return
 * `undefined`.
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
    (key, args) =>
      transaction.isOpen() ? sendOutside(transaction, () => send(key, args)) : attempt(() => send(key, args));
  return {
    send: guarded(port.send),
    sendUnprefixed: port.sendUnprefixed === null ? null : guarded(port.sendUnprefixed),
    close: () => transaction.unwatch(),
  };
}

function toClientPort(client: unknown): ClientPort | null {
  const candidate = (client ?? {}) as Partial<Record<'call' | 'sendCommand' | 'command', unknown>>;
  // The order matters: ioredis also has a `sendCommand`, and both packages have a `command`, with another meaning.
  if (typeof candidate.call === 'function') return toIoredisPort(client as never);
  if (typeof candidate.sendCommand === 'function') return toNodeRedisPort(client as never);
  if (typeof candidate.command !== 'function') return null;
  const commander = client as RedisCommander;
  return { send: (key, args) => commander.command(key, args), sendUnprefixed: null };
}

/** Sends a command when the application is not inside a transaction. */
async function sendOutside(transaction: TransactionWatch, send: () => unknown): Promise<unknown> {
  while (transaction.isOpen()) await transaction.ended();
  return send();
}

/** A client may throw instead of rejecting, or return a value that is not a promise. */
function attempt(send: () => unknown): Promise<unknown> {
  try {
    return Promise.resolve(send());
  } catch (cause) {
    return Promise.reject(cause);
  }
}
