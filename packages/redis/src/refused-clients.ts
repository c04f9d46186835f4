/**
 * Clients that look usable but return `undefined` for every command, because they take callbacks or are mocks. Treated
 * as an empty Redis, they would make every server decide without the others, without any sign of it.
 */

interface Suspect {
  readonly options?: { readonly legacyMode?: unknown } | undefined;
  readonly call?: unknown;
  readonly command?: unknown;
  readonly hgetall?: unknown;
  readonly internal_send_command?: unknown;
  readonly constructor?: { readonly name?: string };
}

/** Returns why a client cannot be used and what to pass instead; `null` for every other client. */
export function findRefusal(client: unknown): string | null {
  if ((typeof client !== 'object' && typeof client !== 'function') || client === null) return null;
  const { options, call, command, hgetall, internal_send_command, constructor: owner } = client as Suspect;
  if (typeof internal_send_command === 'function') {
    return 'it is a client of redis 3, which takes callbacks. Update the package redis to 4.7 or later.';
  }
  if (typeof options === 'object' && options !== null && options.legacyMode === true) {
    return 'it is a node-redis 4 client in legacy mode, which takes callbacks. Pass client.v4.';
  }
  if (owner?.name === 'RedisLegacyClient') {
    return 'it is what client.legacy() of node-redis returns, which takes callbacks. Pass the client itself.';
  }
  // A commander has only one method; in a client with Redis commands, `command` is the command COMMAND.
  if (typeof command === 'function' && typeof hgetall === 'function' && typeof call !== 'function') {
    return 'it has the commands of Redis and no method "call", as ioredis-mock has. In tests, use createMemoryProfileStore or a real server.';
  }
  return null;
}
