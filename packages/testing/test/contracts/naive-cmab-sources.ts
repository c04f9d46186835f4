/** Sources of predictions as they are written at first: each is our own with one thing wrong. */
import type { CmabRequest, CmabSource } from 'sortition';
import { describeCmabSource } from '../../src/contracts/index.ts';
import { createPredictions } from './predictions-under-test.ts';

type Prediction = Awaited<ReturnType<CmabSource['predict']>>;

/** Remembers predictions under a key of one's own making. */
function remember(sound: CmabSource, keyOf: (request: CmabRequest) => string): Pick<CmabSource, 'predict'> {
  const known = new Map<string, Promise<Prediction>>();
  return {
    predict(request) {
      const key = keyOf(request);
      const prediction = known.get(key) ?? sound.predict(request);
      known.set(key, prediction);
      return prediction;
    },
  };
}

const listed = ({ attributes }: CmabRequest): string => JSON.stringify([...attributes]);

/** What replaces methods of a sound source. */
const NAIVE: Record<string, (sound: CmabSource) => Partial<CmabSource>> = {
  sound: () => ({}),

  'uses one id for all': (sound) => ({
    predict: async (request) => ({ ...(await sound.predict(request)), cmabUuid: '1' }),
  }),

  'asks without attributes': (sound) => ({
    predict: (request) => sound.predict({ ...request, attributes: new Map() }),
  }),

  'remembers users and rules joined by a dash': (sound) =>
    remember(sound, (request) => `${request.userId}-${request.ruleId} ${listed(request)} ${request.cache}`),

  'remembers by user and rule alone': (sound) =>
    remember(sound, ({ userId, ruleId, cache }) => JSON.stringify([userId, ruleId, cache])),

  'takes attributes for texts': (sound) =>
    remember(sound, ({ userId, ruleId, cache, attributes }) =>
      JSON.stringify([userId, ruleId, cache, [...attributes].map(([id, value]) => [id, String(value)])]),
    ),

  'always uses what it remembers': (sound) => ({
    predict: (request) => sound.predict({ ...request, cache: 'use' }),
  }),

  'ignores what it remembers by forgetting it': (sound) => ({
    predict: (request) =>
      sound.predict({ ...request, cache: request.cache === 'ignore' ? 'invalidate-user' : request.cache }),
  }),

  'joins callers under the signal of the first': (sound) => {
    const flights = new Map<string, Promise<Prediction>>();
    return {
      predict(request) {
        const flight = flights.get(request.userId) ?? sound.predict(request);
        flights.set(request.userId, flight);
        const land = (): void => void flights.delete(request.userId);
        flight.then(land, land);
        return flight;
      },
    };
  },

  'waits for whoever gave up': (sound) => ({
    predict: ({ signal, ...request }) => sound.predict(request),
  }),

  'has an answer of its own when the service has none': (sound) => ({
    predict: (request) => sound.predict(request).catch(() => ({ variationId: 'control', cmabUuid: 'none' })),
  }),

  'rejects with errors of its own': (sound) => ({
    predict: (request) => sound.predict(request).catch((error) => Promise.reject(new Error(String(error)))),
  }),

  'remembers that it failed': (sound) =>
    remember(sound, (request) => JSON.stringify([request.userId, request.ruleId, listed(request), request.cache])),

  'goes on when closed': () => ({ close: () => undefined }),

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
};

for (const [name, breakIt] of Object.entries(NAIVE)) {
  describeCmabSource(name, async (predict) => {
    // Longer than the suite is patient.
    const under = await createPredictions({ timeoutMs: 60_000 })(predict);
    return { ...under, source: { ...under.source, ...breakIt(under.source) }, close: () => under.source.close?.() };
  });
}
