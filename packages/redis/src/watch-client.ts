/**
 * Connection events of a client. Both packages delay commands while they reconnect, so without these events every
 * caller would wait for its timeout.
 */

/** The part of an event emitter both packages have. */
interface Emitter {
  on(event: string, listener: () => void): unknown;
  off(event: string, listener: () => void): unknown;
}

/** Called when the connection is lost and when it is back. */
export interface ConnectionListener {
  onLost(): void;
  onReady(): void;
}

const LOST = ['close', 'end', 'reconnecting'] as const;

/** node-redis first emits an error, and "reconnecting" only when it tries again. */
const ERROR = 'error';

/**
 * The listeners of a client. Shared, because emitters warn about many listeners, and an application may have many
 * stores.
 */
interface Watch {
  readonly listeners: Set<ConnectionListener>;
  unwatch(): void;
}

const watches = /* @__PURE__ */ new WeakMap<object, Watch>();

/**
 * Listens to a client that emits events; does nothing for other clients. Returns a function that removes the listener.
 */
export function watchClient(client: object, listener: ConnectionListener): () => void {
  const watch = watches.get(client) ?? startWatch(client);
  if (watch === null) return () => undefined;
  watch.listeners.add(listener);
  return () => {
    watch.listeners.delete(listener);
    if (watch.listeners.size === 0 && watches.delete(client)) watch.unwatch();
  };
}

function startWatch(client: object): Watch | null {
  const emitter = client as Emitter;
  if (typeof emitter.on !== 'function' || typeof emitter.off !== 'function') return null;
  const listeners = new Set<ConnectionListener>();
  const onLost = (): void => {
    for (const listener of listeners) listener.onLost();
  };
  const onReady = (): void => {
    for (const listener of listeners) listener.onReady();
  };
  // ioredis has no such property; it emits "close" at once, and prints errors without a listener.
  const saysWhetherReady = typeof (client as { isReady?: unknown }).isReady === 'boolean';
  const onError = (): void => {
    if ((client as { isReady?: unknown }).isReady === false) onLost();
  };
  for (const event of LOST) emitter.on(event, onLost);
  emitter.on('ready', onReady);
  if (saysWhetherReady) emitter.on(ERROR, onError);
  const watch: Watch = {
    listeners,
    unwatch() {
      for (const event of LOST) emitter.off(event, onLost);
      emitter.off('ready', onReady);
      if (saysWhetherReady) emitter.off(ERROR, onError);
    },
  };
  watches.set(client, watch);
  return watch;
}
