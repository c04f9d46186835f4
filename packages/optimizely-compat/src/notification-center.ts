/** Listeners of a client. */
import { NOTIFICATION_TYPES } from './contract/enums.ts';
import type { NotificationCenter, NotificationPayload, NotificationType } from './contract/notifications.ts';
import type { Reporter } from './reporter.ts';

/** The listeners, and how they are called. */
export interface Notifications {
  readonly center: NotificationCenter;
  has(type: NotificationType): boolean;
  /** Calls the listeners in the order they were added. What one throws is reported. */
  send<N extends NotificationType>(type: N, payload: NotificationPayload[N]): void;
}

type Listener = (payload: never) => void;

/** Creates the listeners of one client. */
export function createNotifications(reporter: Reporter): Notifications {
  /** By type, then by id. */
  const listeners = new Map<NotificationType, Map<number, Listener>>();
  /** Ids that were given, in use or not. */
  const types = new Map<number, NotificationType>();
  let lastId = 0;

  const clear = (type: NotificationType): void => void listeners.delete(type);

  return {
    center: {
      addNotificationListener(type, callback) {
        if (!Object.hasOwn(NOTIFICATION_TYPES, type)) {
          reporter.error(`Invalid notification type: ${String(type)}`);
          return -1;
        }
        lastId += 1;
        const ofType = listeners.get(type) ?? new Map<number, Listener>();
        ofType.set(lastId, callback);
        listeners.set(type, ofType);
        types.set(lastId, type);
        return lastId;
      },
      removeNotificationListener(id) {
        const type = types.get(id);
        if (type === undefined) return false;
        types.delete(id);
        listeners.get(type)?.delete(id);
        return true;
      },
      clearAllNotificationListeners: () => listeners.clear(),
      clearNotificationListeners: clear,
    },
    has: (type) => (listeners.get(type)?.size ?? 0) > 0,
    send(type, payload) {
      for (const listener of [...(listeners.get(type)?.values() ?? [])]) {
        try {
          listener(payload as never);
        } catch (cause) {
          const why = cause instanceof Error ? cause.message : String(cause);
          reporter.report(new Error(`Notification listener for (${type}) threw exception: ${why}`, { cause }));
        }
      }
    },
  };
}
