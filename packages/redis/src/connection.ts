/**
 * Commands that end: each has a timeout whatever the client does, and none is sent while the server does not answer or
 * refuses to write.
 *
 * Reads and writes have a circuit each, because a server that is out of memory, or a replica, still reads.
 */
import { SdkError } from '@sortition/core';
import { type Circuit, createCircuit } from './circuit.ts';
import { hasReplyCode, isCommandError, isCommandRefused, toCommandError } from './command-error.ts';
import type { SendCommand } from './command-port.ts';
import { createDeadlines, type Waiting } from './deadlines.ts';
import { createRepeatedTask } from './repeated-task.ts';
import { findReplyFault } from './reply-check.ts';

export interface Connection {
  /**
   * Rejects with a `CommandError`, or with an `SdkError` with the code `timeout`, or `store-failed` while the circuit
   * for reads is open.
   *
   * @param send Another way to send the command. A refusal of such a command does not count as a failure.
   */
  read(key: string, args: readonly string[], send?: SendCommand): Promise<unknown>;
  /** Writes; rejects with `store-failed` also while the circuit for writes is open. */
  write(key: string, args: readonly string[], send?: SendCommand): Promise<unknown>;
  /** Reads a value that was just written. Its result does not affect the circuit for writes. */
  readBack(key: string, args: readonly string[]): Promise<unknown>;
  /** Writes even if the circuit for writes is open, to test whether writing works again. */
  tryWrite(key: string, args: readonly string[]): Promise<unknown>;
  readonly canRead: boolean;
  readonly canWrite: boolean;
  /** Number of commands without a reply in time. */
  readonly timeouts: number;
  /** Reports that the client lost its connection: waiting commands fail now. */
  lost(): void;
  /** Reports that the client is connected again. */
  regained(): void;
  /** Stops what runs in the background. */
  close(): void;
}

export interface ConnectionHost {
  readonly timeoutMs: number;
  /** Returns a read that tests whether the server responds, for the key that was last read, if any. */
  probe(lastKey: string | null): { readonly key: string; readonly args: readonly string[] };
  /** Called once each time the server stops responding or stops writing. */
  onDown(what: 'reads' | 'writes', cause: unknown): void;
  /** Called when writes are possible again. */
  onWritable(): void;
}

/** A command under way, and which of its errors come from a working server. */
interface Sending {
  readonly kind: 'read' | 'write';
  readonly args: readonly string[];
  readonly timeoutMs: number;
  readonly isInOrder?: (cause: unknown) => boolean;
}

/** A probe without a reply for this long (ms) is replaced by a new one; until then there is only one. */
const PROBE_GIVEN_UP_AFTER_MS = 5_000;

/** Guards the commands of one client. */
export function createConnection(send: SendCommand, host: ConnectionHost): Connection {
  let timeouts = 0;
  let timedOutAt = Number.NEGATIVE_INFINITY;
  let lastKey: string | null = null;
  const deadlines = createDeadlines();

  const writes: Circuit = createCircuit({
    onOpen: (cause) => host.onDown('writes', cause),
    onClose: () => host.onWritable(),
  });
  const reads: Circuit = createCircuit({
    onOpen(cause) {
      host.onDown('reads', cause);
      probing.start();
      // Earlier commands would wait for a server that is known not to respond.
      for (const waiting of deadlines.all()) waiting.giveUp(cause);
    },
    // Writes were stopped for the same reason; the next write shows whether there is another reason.
    onClose: () => writes.tryAgain(),
  });

  /** A failed connection counts for both circuits; an error reply only for that of the command. */
  const failed = (kind: 'read' | 'write', cause: unknown, isInOrder: (cause: unknown) => boolean): void => {
    if (isInOrder(cause)) {
      reads.succeeded();
      return;
    }
    const isReply = isCommandError(cause) && cause.isReply;
    if (!isReply || kind === 'read') reads.failed(cause);
    if (!isReply || kind === 'write') writes.failed(cause);
  };
  const succeeded = (kind: 'read' | 'write'): void => {
    if (kind === 'write') writes.succeeded();
    reads.succeeded();
  };

  /** A late reply has no effect: such a slow server counts as down. */
  const inTime = ({ kind, args, timeoutMs, isInOrder = isAnswer }: Sending, sent: Promise<unknown>): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const giveUp = (cause: unknown): void => {
        if (!deadlines.remove(waiting)) return;
        failed(kind, cause, isInOrder);
        reject(cause);
      };
      const timeOut = (): void => {
        if (!deadlines.has(waiting)) return;
        timeouts += 1;
        timedOutAt = performance.now();
        giveUp(new SdkError('timeout', `Redis did not answer a ${kind} within ${timeoutMs} ms.`));
      };
      // After a long pause of this process the reply may be waiting in the socket: it gets one turn to be read.
      const expire = (): void => void setImmediate(timeOut);
      const waiting: Waiting = { deadline: performance.now() + timeoutMs, expire, giveUp };
      deadlines.add(waiting);
      sent.then(
        (reply) => {
          const fault = findReplyFault(args, reply);
          if (fault !== null) return giveUp(fault);
          if (!deadlines.remove(waiting)) return;
          succeeded(kind);
          resolve(reply);
        },
        (cause: unknown) => giveUp(toCommandError(cause, args)),
      );
    });

  const run = (
    kind: 'read' | 'write',
    key: string,
    args: readonly string[],
    sendAs?: SendCommand,
  ): Promise<unknown> => {
    lastKey = key;
    const answered = (sendAs ?? send)(key, args);
    // Right after a timeout the next timeout is short: a decision reads and then writes, and must not wait for two full
    // timeouts.
    const suspicious = performance.now() - timedOutAt < host.timeoutMs;
    const timeoutMs = suspicious ? host.timeoutMs / 4 : host.timeoutMs;
    return inTime({ kind, args, timeoutMs, isInOrder: sendAs === undefined ? isAnswer : isCommandRefused }, answered);
  };

  let probedAt = Number.NEGATIVE_INFINITY;
  let unanswered = false;
  const probing = createRepeatedTask(async () => {
    if (!reads.isOpen) return true;
    if (unanswered && performance.now() - probedAt < PROBE_GIVEN_UP_AFTER_MS) return false;
    probedAt = performance.now();
    unanswered = true;
    const answered = (): void => {
      unanswered = false;
    };
    const { key, args } = host.probe(lastKey);
    const sent = send(key, args);
    sent.then(answered, answered);
    await inTime({ kind: 'read', args, timeoutMs: host.timeoutMs }, sent).catch(() => undefined); // the circuit was notified
    return !reads.isOpen;
  });

  return {
    read: (key, args, sendAs) => (reads.isOpen ? Promise.reject(heldBack('reads')) : run('read', key, args, sendAs)),
    readBack: (key, args) => run('read', key, args),
    write: (key, args, sendAs) =>
      writes.isOpen ? Promise.reject(heldBack('writes')) : run('write', key, args, sendAs),
    tryWrite: (key, args) => run('write', key, args),
    get canRead() {
      return !reads.isOpen;
    },
    get canWrite() {
      return !writes.isOpen;
    },
    get timeouts() {
      return timeouts;
    },
    lost() {
      const cause = new SdkError('store-failed', 'The client has no connection to Redis.');
      writes.trip(cause);
      reads.trip(cause);
      for (const waiting of deadlines.all()) waiting.giveUp(cause);
    },
    regained() {
      if (reads.isOpen) probing.hurry();
    },
    close: () => probing.stop(),
  };
}

/** Returns whether an error reply comes from a working server. */
function isAnswer(cause: unknown): boolean {
  if (hasReplyCode(cause, 'WRONGTYPE') || hasReplyCode(cause, 'NOSCRIPT')) return true;
  // Scripts have a substitute, so an account without the right to run them is fine.
  return isCommandRefused(cause) && cause.command.startsWith('EVAL');
}

function heldBack(what: 'reads' | 'writes'): SdkError {
  return new SdkError('store-failed', `Redis accepts no ${what} at the moment; it is retried in the background.`);
}
