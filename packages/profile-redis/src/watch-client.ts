/**
 * What a client tells of its connection. Both packages hold commands back while they connect again, so that without
 * these events every caller would find out by waiting.
 */

/** The part of an event emitter both packages have. */
interface Emitter {
  on(event: string, listener: () => void): unknown;
  off(event: string, listener: () => void): unknown;
}

/** Told of the connection's end and of its return. */
export interface ConnectionListener {
  onLost(): void;
  onReady(): void;
}

const LOST = ['close', 'end', 'reconnecting'] as const;

/** Listens to a client that emits events; to any other there is nothing to listen to. Returns the way out. */
export function watchClient(client: unknown, { onLost, onReady }: ConnectionListener): () => void {
  const emitter = client as Partial<Emitter>;
  if (typeof emitter.on !== 'function' || typeof emitter.off !== 'function') return () => undefined;
  const { on, off } = { on: emitter.on.bind(client), off: emitter.off.bind(client) };
  for (const event of LOST) on(event, onLost);
  on('ready', onReady);
  return () => {
    for (const event of LOST) off(event, onLost);
    off('ready', onReady);
  };
}
