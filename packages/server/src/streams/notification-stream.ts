/** Notifications of a project, in an order that subscribers can resume. */

/** The type of a notification. */
export type NotificationType = 'decision' | 'track' | 'project_config_update';

/** One notification. */
export interface Notification {
  /** SDK key of the project. */
  readonly project: string;
  readonly type: NotificationType;
  /** JSON text. */
  readonly data: string;
}

/** A notification with its id. */
export interface StoredNotification extends Notification {
  /** Increases from entry to entry; used as `Last-Event-ID`. */
  readonly id: string;
}

/** Passes notifications from publishers to listeners. */
export interface NotificationStream {
  /** Never throws and never waits. */
  publish(notification: Notification): void;
  /**
   * Passes every further notification to a listener.
   *
   * @param after Id of the last received notification: later ones that the stream still has are passed first.
   */
  subscribe(after: string | null, listener: (notification: StoredNotification) => void): () => void;
  close(): void;
}

/** How many notifications a stream keeps for subscribers that reconnect. */
export const KEPT_NOTIFICATIONS = 10_000;

/** Compares ids of the form `milliseconds-sequence`; any other text comes first. */
function isAfter(id: string, other: string): boolean {
  const [ms, sequence] = readId(id);
  const [otherMs, otherSequence] = readId(other);
  return ms > otherMs || (ms === otherMs && sequence > otherSequence);
}

/** Whether a text is an id of a stream. */
export function isStreamId(text: string): boolean {
  return /^\d{1,15}-\d{1,15}$/.test(text);
}

function readId(id: string): readonly [number, number] {
  const [ms = '', sequence = ''] = id.split('-');
  return [Number(ms) || 0, Number(sequence) || 0];
}

/** Keeps notifications in this process. */
export function createLocalStream(): NotificationStream {
  const kept: StoredNotification[] = [];
  const listeners = new Set<(notification: StoredNotification) => void>();
  let sequence = 0;
  let startedAt: number | undefined;
  return {
    publish(notification) {
      // The clock is read with the first notification, not in the factory.
      startedAt ??= Date.now();
      sequence += 1;
      const stored = { ...notification, id: `${startedAt}-${sequence}` };
      kept.push(stored);
      // Cut in larger pieces, because moving all entries for each new one costs more than keeping a few extra.
      if (kept.length > KEPT_NOTIFICATIONS + 1_000) kept.splice(0, kept.length - KEPT_NOTIFICATIONS);
      for (const listener of [...listeners]) listener(stored);
    },
    subscribe(after, listener) {
      if (after !== null) {
        for (const stored of kept.slice(-KEPT_NOTIFICATIONS)) if (isAfter(stored.id, after)) listener(stored);
      }
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: () => listeners.clear(),
  };
}
