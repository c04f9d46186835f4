/**
 * Notifications of several instances through one Redis stream.
 *
 * Reading polls instead of blocking: a blocking read would hold the connection that the application shares with it. While no
 * one listens nothing is read. A Redis that fails delays notifications and is reported once; reading continues when it is back.
 */
import {
  isStreamId,
  KEPT_NOTIFICATIONS,
  type Notification,
  type NotificationStream,
  type NotificationType,
  type StoredNotification,
} from './notification-stream.ts';

/** Sends one command; `key` is the key it touches, for clients that route by it. */
export interface RedisCommands {
  command(key: string, args: readonly string[]): Promise<unknown>;
}

const STREAM_KEY = 'sortition:notifications';
const POLL_MS = 200;
const BATCH = '500';
/** Notifications that wait for a Redis that is slow or away; further ones are dropped. */
const MAX_WAITING = 1_000;

/** @param onProblem Told what failed, once until it works again. */
export function createRedisStream(redis: RedisCommands, onProblem: (message: string) => void): NotificationStream {
  const listeners = new Set<(notification: StoredNotification) => void>();
  let position: string | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isReading = false;
  let isClosed = false;
  let isFailing = false;
  let waiting = 0;

  const settle = (error?: unknown): void => {
    if (error !== undefined && !isFailing) {
      onProblem(`The notification stream in Redis failed: ${error instanceof Error ? error.message : String(error)}`);
    }
    isFailing = error !== undefined;
  };
  const read = async (): Promise<void> => {
    if (isReading || isClosed || listeners.size === 0) return;
    isReading = true;
    try {
      position ??= await lastId(redis);
      const entries = await readAfter(redis, position);
      for (const entry of entries) {
        position = entry.id;
        for (const listener of [...listeners]) listener(entry);
      }
      settle();
    } catch (error) {
      settle(error);
    } finally {
      isReading = false;
      if (!isClosed && listeners.size > 0) {
        clearTimeout(timer);
        timer = setTimeout(read, POLL_MS);
        (timer as { unref?(): void }).unref?.();
      }
    }
  };
  return {
    publish({ project, type, data }: Notification) {
      if (isClosed || waiting >= MAX_WAITING) return;
      waiting += 1;
      const args = [
        'XADD',
        STREAM_KEY,
        'MAXLEN',
        '~',
        String(KEPT_NOTIFICATIONS),
        '*',
        'p',
        project,
        't',
        type,
        'd',
        data,
      ];
      call(redis, args)
        .then(() => settle(), settle)
        .finally(() => {
          waiting -= 1;
        });
    },
    subscribe(after, listener) {
      listeners.add(listener);
      if (after !== null && isStreamId(after)) {
        replay(
          redis,
          after,
          () => position,
          (entry) => listeners.has(listener) && listener(entry),
        ).catch(settle);
      }
      void read();
      return () => {
        listeners.delete(listener);
        // Who comes next starts at what is then the end.
        if (listeners.size === 0) position = undefined;
      };
    },
    close() {
      isClosed = true;
      clearTimeout(timer);
      listeners.clear();
    },
  };
}

function call(redis: RedisCommands, args: readonly string[]): Promise<unknown> {
  // A client may throw instead of rejecting.
  return (async () => redis.command(STREAM_KEY, args))();
}

async function lastId(redis: RedisCommands): Promise<string> {
  const [last] = toEntries(await call(redis, ['XREVRANGE', STREAM_KEY, '+', '-', 'COUNT', '1']));
  return last?.id ?? '0-0';
}

async function readAfter(redis: RedisCommands, id: string): Promise<readonly StoredNotification[]> {
  return toEntries(await call(redis, ['XRANGE', STREAM_KEY, `(${id}`, '+', 'COUNT', BATCH]));
}

/** Tells one listener what it missed, up to where all listeners read on from. */
async function replay(
  redis: RedisCommands,
  after: string,
  end: () => string | undefined,
  listener: (entry: StoredNotification) => unknown,
): Promise<void> {
  const until = end() ?? (await lastId(redis));
  const entries = toEntries(
    await call(redis, ['XRANGE', STREAM_KEY, `(${after}`, until, 'COUNT', String(KEPT_NOTIFICATIONS)]),
  );
  for (const entry of entries) listener(entry);
}

function toEntries(reply: unknown): readonly StoredNotification[] {
  if (!Array.isArray(reply)) return [];
  return reply.flatMap((entry: unknown) => {
    const [id, fields] = Array.isArray(entry) ? (entry as unknown[]) : [];
    if (typeof id !== 'string' || !Array.isArray(fields)) return [];
    const values = new Map<unknown, unknown>();
    for (let index = 0; index + 1 < fields.length; index += 2) values.set(fields[index], fields[index + 1]);
    const [project, type, data] = [values.get('p'), values.get('t'), values.get('d')].map(String) as [
      string,
      string,
      string,
    ];
    return [{ id, project, type: type as NotificationType, data }];
  });
}
