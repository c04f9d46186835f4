/** Sources as they are written at first: each is our own with one thing wrong. */
import type { ConfigChange, ConfigSource } from 'sortition';
import { describeConfigSource } from '../../src/contracts/index.ts';
import { createPolling } from './polling-under-test.ts';

type Listener = (change: ConfigChange) => void;

/** What replaces methods of a sound source. */
const NAIVE: Record<string, (sound: ConfigSource) => Partial<ConfigSource>> = {
  sound: () => ({}),

  'throws while it has none': (sound) => ({
    current() {
      const config = sound.current();
      if (config === null) throw new Error('There is no config yet.');
      return config;
    },
  }),

  'fetches nothing unless refreshed': () => ({ used: () => undefined }),

  'stops when somebody leaves': (sound) => ({
    subscribe(listener) {
      sound.subscribe(listener);
      return () => void sound.close?.();
    },
  }),

  'tells before it has': (sound) => {
    let before = sound.current();
    return {
      current: () => before,
      subscribe: (listener) =>
        sound.subscribe((change) => {
          listener(change);
          before = sound.current();
        }),
    };
  },

  'keeps listeners in a list': (sound) => {
    const listeners: Listener[] = [];
    sound.subscribe((change) => {
      // Misses one when one leaves.
      listeners.forEach((listener) => {
        listener(change);
      });
    });
    return {
      subscribe(listener) {
        listeners.push(listener);
        // Removes somebody else the second time.
        return () => void listeners.splice(listeners.indexOf(listener), 1);
      },
    };
  },

  'never lets go': (sound) => ({
    subscribe(listener) {
      sound.subscribe(listener);
      return () => undefined;
    },
  }),

  'lets a listener fail it': (sound) => {
    const failures: unknown[] = [];
    return {
      subscribe: (listener) =>
        sound.subscribe((change) => {
          try {
            listener(change);
          } catch (error) {
            failures.push(error);
          }
        }),
      async refresh(options) {
        const isNew = (await sound.refresh?.(options)) ?? false;
        if (failures.length > 0) throw failures[0];
        return isNew;
      },
    };
  },

  'takes every refresh for news': (sound) => ({
    async refresh(options) {
      await sound.refresh?.(options);
      return true;
    },
  }),

  'rejects a refresh that brought nothing': (sound) => ({
    async refresh(options) {
      if (await sound.refresh?.(options)) return true;
      throw new Error('There is nothing new.');
    },
  }),

  'has no config when none can be had': (sound) => {
    let isDown = false;
    return {
      current: () => (isDown ? null : sound.current()),
      async refresh(options) {
        const isNew = (await sound.refresh?.(options)) ?? false;
        isDown = !isNew && options?.timeoutMs !== undefined;
        return isNew;
      },
    };
  },

  'can be closed once': (sound) => {
    let isClosed = false;
    return {
      async close() {
        if (isClosed) throw new Error('It is closed already.');
        isClosed = true;
        await sound.close?.();
      },
    };
  },

  'goes on when closed': () => ({ close: () => undefined }),

  'floats work that rejects': (sound) => ({
    used(waitUntil, purpose) {
      sound.used?.(undefined, purpose);
      waitUntil?.(
        sound.refresh?.().then((isNew) => isNew || Promise.reject(new Error('nothing new'))) ?? Promise.resolve(),
      );
    },
  }),
};

for (const [name, breakIt] of Object.entries(NAIVE)) {
  describeConfigSource(name, async () => {
    const under = await createPolling('manual');
    return { ...under, source: { ...under.source, ...breakIt(under.source) } };
  });
}

describeConfigSource('waits for whoever gave up', async () => {
  const under = await createPolling('manual', 60_000);
  const refresh = async (): Promise<boolean> => (await under.source.refresh?.()) ?? false;
  return { ...under, source: { ...under.source, refresh } };
});
