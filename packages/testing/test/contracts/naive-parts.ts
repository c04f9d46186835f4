/** Parts as they are written at first: each has one thing wrong. */
import type { Part } from '@sortition/client';
import { describePart } from '../../src/contracts/index.ts';

/** By what is wrong; called for each test. */
const NAIVE: Record<string, () => Part> = {
  sound: () => () => ({ user: () => undefined, flush: async () => undefined, close: async () => undefined }),

  'throws on the second config': () => () => {
    let configs = 0;
    return {
      configure() {
        configs += 1;
        if (configs > 1) throw new Error('configured already');
      },
    };
  },

  'decides by itself': () => () => ({
    profiles: {
      evaluateOne: (_of, flagKey, evaluate) => evaluate(flagKey, { get: () => '13' }, undefined),
      evaluateAll: (_of, flagKeys, evaluate) =>
        Array.from(flagKeys, (flagKey) => evaluate(flagKey, { get: () => '13' }, undefined)),
      peek: () => undefined,
      openAsync: () => ({}),
      load: async () => ({}),
      saveAsync: async (_user, session) => session,
      completeAll: (_session, evaluations) => evaluations,
    },
  }),

  'keeps one state for all clients': () => {
    let isClosed = false;
    return () => ({
      user() {
        if (isClosed) throw new Error('closed');
      },
      async close() {
        isClosed = true;
        return undefined;
      },
    });
  },

  'never ends': () => () => ({ close: () => new Promise(() => undefined) }),

  'has no counters after the end': () => () => {
    let isClosed = false;
    return {
      async close() {
        isClosed = true;
        return undefined;
      },
      stats() {
        if (isClosed) throw new Error('closed');
        return {};
      },
    };
  },
};

for (const [name, create] of Object.entries(NAIVE)) describePart(name, () => ({ part: create() }));
