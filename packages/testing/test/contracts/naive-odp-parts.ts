/** ODP parts as they are written at first: each is our own with one thing wrong. */
import { type Odp, type OdpSettings, SdkError, type SegmentRequest } from 'sortition';
import { describeOdp } from '../../src/contracts/index.ts';
import { createOdpUnderTest } from './odp-under-test.ts';

const NOTHING = { delivered: 0, dropped: 0, pending: 0 };

/** Remembers segments for good, under a key of one's own making. */
function remember(sound: Odp, keyOf: (request: SegmentRequest) => string): Pick<Odp, 'fetchSegments'> {
  const known = new Map<string, Promise<readonly string[]>>();
  return {
    fetchSegments(request) {
      const key = keyOf(request);
      const segments = known.get(key) ?? sound.fetchSegments(request);
      known.set(key, segments);
      return segments;
    },
  };
}

/** What replaces methods of a sound part. */
const NAIVE: Record<string, (sound: Odp) => Partial<Odp>> = {
  sound: () => ({}),

  'answers every segment it asks for': (sound) => {
    let settings: OdpSettings | null = null;
    return {
      configure(next) {
        settings = next;
        sound.configure(next);
      },
      async fetchSegments(request) {
        await sound.fetchSegments(request);
        return settings?.segmentsToCheck ?? [];
      },
    };
  },

  'takes ids for words': (sound) => remember(sound, ({ userId, options }) => userId.replace(/\W/g, '') + options),

  'remembers by user alone, for good': (sound) => remember(sound, ({ userId }) => userId),

  'hands out the list it remembers': (sound) => {
    const lists = new Map<string, string[]>();
    return {
      async fetchSegments(request) {
        const segments = await sound.fetchSegments(request);
        const key = request.userId + segments;
        const list = lists.get(key) ?? [...segments];
        lists.set(key, list);
        return list;
      },
    };
  },

  'knows nothing rather than fails': (sound) => ({
    fetchSegments: (request) => sound.fetchSegments(request).catch(() => []),
  }),

  'rejects with errors of its own': (sound) => ({
    fetchSegments: (request) => sound.fetchSegments(request).catch((error) => Promise.reject(new Error(String(error)))),
  }),

  'keeps the settings it was told first': (sound) => {
    let isConfigured = false;
    return {
      configure(settings) {
        if (!isConfigured) sound.configure(settings);
        isConfigured = true;
      },
    };
  },

  'throws at settings it cannot use': (sound) => ({
    configure(settings) {
      if (settings !== null) new URL(settings.apiHost);
      sound.configure(settings);
    },
  }),

  'waits for whoever gave up': (sound) => ({
    fetchSegments: ({ userId, options }) => sound.fetchSegments({ userId, options }),
  }),

  'joins callers under the signal of the first': (sound) => {
    const flights = new Map<string, Promise<readonly string[]>>();
    return {
      fetchSegments(request) {
        const flight = flights.get(request.userId) ?? sound.fetchSegments(request);
        flights.set(request.userId, flight);
        const land = (): void => void flights.delete(request.userId);
        flight.then(land, land);
        return flight;
      },
    };
  },

  'sends when it likes': () => ({ flush: async () => NOTHING }),

  'drops what it has when it is closed': (sound) => ({
    close: () => sound.close?.({ timeoutMs: 0 }) ?? Promise.resolve(NOTHING),
  }),

  'sends everything twice': (sound) => ({
    sendEvent(event) {
      sound.sendEvent(event);
      sound.sendEvent(event);
    },
  }),

  'swallows what it cannot send': (sound) => ({
    sendEvent(event) {
      try {
        sound.sendEvent(event);
      } catch {
        // Nobody learns of it.
      }
    },
  }),

  'throws at events without a platform': (sound) => {
    let settings: OdpSettings | null = null;
    return {
      configure(next) {
        settings = next;
        sound.configure(next);
      },
      sendEvent(event) {
        if (settings === null) throw new SdkError('not-ready', 'There is no platform.');
        sound.sendEvent(event);
      },
    };
  },

  'flushes for as long as it takes': (sound) => ({
    flush: () => sound.flush?.({ timeoutMs: 600_000 }) ?? Promise.resolve(NOTHING),
  }),

  'counts what it delivered': (sound) => ({
    async flush(options) {
      const delivered = (await sound.flush?.(options))?.delivered ?? 0;
      return { delivered, dropped: 0, pending: 0 };
    },
  }),

  'goes on when closed': (sound) => ({
    close: (options) => sound.flush?.(options) ?? Promise.resolve(NOTHING),
  }),

  'cannot be attached': () => ({
    attach() {
      throw new Error('It cannot be attached.');
    },
  }),
};

for (const [name, breakIt] of Object.entries(NAIVE)) {
  describeOdp(name, async () => {
    const under = await createOdpUnderTest();
    return {
      ...under,
      odp: { ...under.odp, ...breakIt(under.odp) },
      // A part that does not close is still to end.
      async close() {
        await under.odp.close?.({ timeoutMs: 0 });
        await under.close?.();
      },
    };
  });
}
