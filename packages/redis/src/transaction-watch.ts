/**
 * Keeps commands out of a transaction of the application. Between a MULTI and the EXEC that an application sends one by one
 * on a shared client, every other command of that client becomes part of the transaction.
 *
 * Clients do not say whether they are inside one, so the commands that begin and end it are observed. Transactions that
 * a client sends in one piece, as with `multi()` of all supported clients, are not affected.
 */

/** Whether a client is inside a transaction that the application sends piece by piece. */
export interface TransactionWatch {
  isOpen(): boolean;
  /** Resolves when the transaction that is open now has ended. */
  ended(): Promise<void>;
  /** Removes the observer from the client, unless others still use it. */
  unwatch(): void;
}

interface Watched {
  users: number;
  open: boolean;
  readonly waiting: Set<() => void>;
  restore(): void;
}

interface SendingClient {
  sendCommand?: (this: unknown, ...call: unknown[]) => unknown;
  on?(event: string, listener: () => void): unknown;
  off?(event: string, listener: () => void): unknown;
}

const ENDINGS: ReadonlySet<string> = /* @__PURE__ */ new Set(['EXEC', 'DISCARD', 'RESET']);

/** Shared by all users of one client, so that its method is wrapped once. */
const watched = /* @__PURE__ */ new WeakMap<object, Watched>();

export function watchTransaction(client: object): TransactionWatch {
  const state = watched.get(client) ?? startWatching(client);
  state.users += 1;
  let watching = true;
  return {
    isOpen: () => state.open,
    ended: () =>
      new Promise((resolve) => {
        if (state.open) state.waiting.add(resolve);
        else resolve();
      }),
    unwatch() {
      if (!watching) return;
      watching = false;
      state.users -= 1;
      if (state.users > 0) return;
      watched.delete(client);
      state.restore();
    },
  };
}

function startWatching(client: object): Watched {
  const state: Watched = { users: 0, open: false, waiting: new Set(), restore: () => undefined };
  const end = (): void => {
    state.open = false;
    for (const resolve of state.waiting) resolve();
    state.waiting.clear();
  };
  const note = (name: string): void => {
    if (name === 'MULTI') state.open = true;
    else if (state.open && ENDINGS.has(name)) end();
  };
  watched.set(client, state);
  if (hasOneConnection(client)) state.restore = observe(client as SendingClient, note, end);
  return state;
}

/** The nodes of a cluster and the members of a pool have separate connections, and a transaction uses one of them. */
function hasOneConnection(client: object): boolean {
  const { isCluster, sendCommand } = client as { isCluster?: unknown; sendCommand?: unknown };
  return typeof sendCommand === 'function' && isCluster !== true && !('masters' in client);
}

/** @returns A function that undoes it. */
function observe(client: SendingClient, note: (name: string) => void, end: () => void): () => void {
  const original = client.sendCommand as NonNullable<SendingClient['sendCommand']>;
  const isOwn = Object.hasOwn(client, 'sendCommand');
  function sendCommand(this: unknown, ...call: unknown[]): unknown {
    const sent = original.apply(this, call);
    note(nameOf(call[0]));
    return sent;
  }
  try {
    Object.defineProperty(client, 'sendCommand', {
      value: sendCommand,
      configurable: true,
      enumerable: false,
      writable: true,
    });
  } catch {
    return () => undefined; // a frozen client cannot be wrapped; a queued reply is still detected as a failure
  }
  client.on?.('close', end);
  client.on?.('reconnecting', end);
  return () => {
    client.off?.('close', end);
    client.off?.('reconnecting', end);
    if (client.sendCommand !== sendCommand) return; // other code has wrapped it again and calls our wrapper
    if (isOwn) client.sendCommand = original;
    else delete client.sendCommand;
  };
}

/** ioredis sends objects with a name, node-redis lists that begin with it. */
function nameOf(command: unknown): string {
  const name = Array.isArray(command) ? (command[0] as unknown) : (command as { name?: unknown } | null)?.name;
  return typeof name === 'string' ? name.toUpperCase() : '';
}
