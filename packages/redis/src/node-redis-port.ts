/**
 * node-redis from 4.7 on: client, pool, cluster and sentinel.
 *
 * `sendCommand` sends its arguments unchanged. So the `keyPrefix`, which the package has since 6.3, is added here, and
 * keys get the same names as with the other commands of the client.
 */
import type { ClientPort } from './client-port.ts';
import type { NodeRedisClient } from './redis-client.ts';

type Send = (...call: unknown[]) => unknown;

/** Where the package keeps its prefix; only a client also has it in `options`. */
interface NodeRedisInternals {
  readonly _keyPrefix?: string | Uint8Array;
  readonly options?: { readonly keyPrefix?: string | Uint8Array };
}

/**
 * Options of a command: a map (`%` in RESP3) is returned as a flat list. As a plain object, which is the default, a
 * field `__proto__` would be lost.
 */
const FLAT_REPLIES = /* @__PURE__ */ Object.freeze({ typeMapping: { 37: Array } });

/** Commands that may be sent to a replica. */
const READS: ReadonlySet<string | undefined> = /* @__PURE__ */ new Set(['HGETALL', 'GET']);

export function toNodeRedisPort(client: NodeRedisClient & NodeRedisInternals): ClientPort {
  const send = client.sendCommand.bind(client) as Send;
  const sendUnprefixed = routed(client, send);
  const prefix = textOf(client._keyPrefix ?? client.options?.keyPrefix);
  if (prefix === '') return { send: sendUnprefixed, sendUnprefixed: null };
  return {
    send(key, args) {
      // The key is the argument after the name, or after the script and the number of its keys.
      const at = args[0]?.startsWith('EVAL') ? 3 : 1;
      return sendUnprefixed(prefix + key, [...args.slice(0, at), prefix + key, ...args.slice(at + 1)]);
    },
    sendUnprefixed,
  };
}

function routed(client: object, send: Send): ClientPort['send'] {
  if ('masters' in client) return (key, args) => send(key, READS.has(args[0]), args, FLAT_REPLIES);
  if ('getSentinelNode' in client) return (_key, args) => send(READS.has(args[0]), args, FLAT_REPLIES);
  return (_key, args) => send(args, FLAT_REPLIES);
}

function textOf(prefix: string | Uint8Array | undefined): string {
  return prefix instanceof Uint8Array ? new TextDecoder().decode(prefix) : (prefix ?? '');
}
