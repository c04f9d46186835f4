/** The listeners of version 5: other names of the types, each function once, payloads without what version 6 added. */
import type { ListenerPayload, NotificationCenter, NotificationType } from '../contract/notifications.ts';
import { NOTIFICATION_TYPES } from './enums.ts';

/** Called with a payload. */
export type NotificationListener<T extends ListenerPayload> = (notificationData: T) => void;

/** Listeners of a client. */
export interface NotificationCenterV5 {
  /** Returns the listener's id; -1 when there is no such type, or the function listens already. */
  addNotificationListener<T extends ListenerPayload>(
    notificationType: string,
    callback: NotificationListener<T>,
  ): number;
  removeNotificationListener(listenerId: number): boolean;
  clearAllNotificationListeners(): void;
  clearNotificationListeners(notificationType: string): void;
}

interface Added {
  readonly type: string;
  readonly callback: (payload: never) => void;
  /** Of the center of version 6. */
  readonly id: number;
}

/** Creates the listeners of a client on those of version 6. */
export function createCenter(center: NotificationCenter): NotificationCenterV5 & { tellOfConfig(): void } {
  /** By id. */
  const added = new Map<number, Added>();
  let lastId = 0;
  const remove = (id: number): boolean => {
    const listener = added.get(id);
    if (listener) center.removeNotificationListener(listener.id);
    return added.delete(id);
  };
  const clear = (type?: string): void => {
    for (const [id, listener] of [...added]) if (type === undefined || listener.type === type) remove(id);
  };
  return {
    addNotificationListener(type, callback) {
      const name = nameOf(type);
      const isKnown = [...added.values()].some((listener) => listener.type === type && listener.callback === callback);
      if (name === undefined || isKnown) return -1;
      const id = center.addNotificationListener(name, (payload: unknown) => callback(toOlder(name, payload) as never));
      lastId += 1;
      added.set(lastId, { type, callback, id });
      return lastId;
    },
    removeNotificationListener: remove,
    clearAllNotificationListeners: () => clear(),
    clearNotificationListeners: clear,
    tellOfConfig() {
      for (const { type, callback } of [...added.values()])
        if (type === NOTIFICATION_TYPES.OPTIMIZELY_CONFIG_UPDATE) callback(undefined as never);
    },
  };
}

function nameOf(type: string): NotificationType | undefined {
  const names = Object.keys(NOTIFICATION_TYPES) as NotificationType[];
  return names.find((name) => NOTIFICATION_TYPES[name] === type);
}

/** Takes out of a payload what version 5 does not have. */
function toOlder(name: NotificationType, payload: unknown): unknown {
  if (name === 'ACTIVATE') {
    const { holdout, ...rest } = payload as { experiment: unknown; holdout: unknown };
    const older = { ...rest, experiment: rest.experiment ?? holdout };
    return Object.fromEntries(Object.entries(older).filter(([, value]) => value !== null));
  }
  const { type, decisionInfo, ...rest } = (payload ?? {}) as { type?: string; decisionInfo?: object };
  if (name !== 'DECISION' || type !== 'flag') return payload;
  const { experimentId: _, variationId: __, ...info } = decisionInfo as { experimentId: unknown; variationId: unknown };
  return { ...rest, type, decisionInfo: info };
}
