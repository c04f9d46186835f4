/**
 * Notifications of several instances through one Redis stream.
 *
 * Reading polls instead of blocking: a blocking read would hold the connection that the application shares with it.
 * Without listeners nothing is read. When Redis fails, notifications are delayed and the failure is reported once;
 * reading continues when Redis is back.
 */
import {
  isStreamId,
  KEPT_NOTIFICATIONS,
  type Notification,
  type NotificationStream,
  type NotificationType,
  type StoredNotification,
} from './notification-stream.ts';

/** Sends one command; `key` is its key, for clients that route by it. */
export interface RedisCommands {
  command(key: string, args: readonly string[]): Promise<unknown>;
}

const STREAM_KEY = 'sortition:notifications';
const POLL_MS = 200;
const BATCH = '500';
/** Limit of notifications that wait for a slow or unavailable Redis; further ones are dropped. */
const MAX_WAITING = 1_000;

/** @param onProblem Called with a failure, once until Redis works again. */
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
        // The next listener starts at the end of the stream.
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

/** Passes missed notifications to one listener, up to the position from which all listeners read. */
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
