/** A real TCP reset. */
import type { Socket } from 'node:net';

/** Time for the other side to read what came before. */
const READ_TIME_MS = 20;

/**
 * Resets a connection a moment later, without ending it first.
 *
 * Node's own `resetAndDestroy` ends a writable socket before it resets it, so the other side may see an orderly end; this
 * sets the same mark (`net.js`, `_destroy`) and destroys at once. The moment is for the same reason: when data and a reset
 * arrive together, libuv reports the data and then an end.
 */
export function resetSocket(socket: Socket): void {
  socket.pause();
  setTimeout(() => {
    Object.assign(socket, { resetAndClosing: true });
    socket.destroy();
  }, READ_TIME_MS);
}
