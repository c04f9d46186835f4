/** Notifications: what happened in a project, in one order that subscribers can resume. */

/** What a notification is about. */
export type NotificationType = 'decision' | 'track' | 'project_config_update';

/** One notification. */
export interface Notification {
  /** SDK key of the project. */
  readonly project: string;
  readonly type: NotificationType;
  /** JSON text. */
  readonly data: string;
}

/** A notification as subscribers get it. */
export interface StoredNotification extends Notification {
  /** Grows from entry to entry; what `Last-Event-ID` names. */
  readonly id: string;
}

/** Carries notifications from publishers to listeners. */
export interface NotificationStream {
  /** Never throws and never waits. */
  publish(notification: Notification): void;
  /**
   * Tells a listener of every notification from now on.
   *
   * @param after Id of the last one that was seen: what came after it is told first, as far back as the stream reaches.
   */
  subscribe(after: string | null, listener: (notification: StoredNotification) => void): () => void;
  close(): void;
}

/** How many notifications a stream keeps for subscribers that come back. */
export const KEPT_NOTIFICATIONS = 10_000;

/** Orders ids of the form `milliseconds-sequence`; a text that is not one comes before all. */
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
      // The clock is read with the first notification: factories draw no time.
      startedAt ??= Date.now();
      sequence += 1;
      const stored = { ...notification, id: `${startedAt}-${sequence}` };
      kept.push(stored);
      // Cut in pieces, because moving all entries for each new one costs more than keeping a few.
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
