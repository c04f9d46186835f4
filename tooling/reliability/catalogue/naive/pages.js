/** Decisions in pages, naively: what a browser sends is believed, and components are rendered once. */

const STORE = 'packages/react/src/flags-store.ts';
const ROUTE = 'packages/react/src/server/impression-route.ts';
const SEALED = 'packages/react/src/server/sealed-text.ts';
const IMPRESSIONS = 'packages/react/test/impressions.test.tsx';
const SERVER = 'packages/react/test/server.test.tsx';

/** @type {readonly import('./index.js').NaivePart[]} */
export const NAIVE_PAGES = [
  {
    name: 'an impression for each component',
    ids: ['UI-01'],
    edits: [{ file: STORE, find: ' || told.has(id)) return;', put: ') return;' }],
    tests: [IMPRESSIONS],
  },
  {
    name: 'impressions of what is rendered',
    ids: ['UI-01'],
    edits: [
      {
        file: 'packages/react/src/hooks.ts',
        find: '  useEffect(enter, [enter]);',
        put: '  enter();\n  useEffect(enter, [enter]);',
      },
    ],
    tests: [IMPRESSIONS],
  },
  {
    name: 'tokens that are encoded instead of sealed',
    ids: ['UI-02', 'UI-07'],
    edits: [
      {
        file: SEALED,
        find: "await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, await importKey(key), data);",
        put: 'key && data;',
      },
      {
        file: SEALED,
        find: 'await crypto.subtle.decrypt(algorithm, await importKey(key), bytes.subarray(NONCE_LENGTH));',
        put: 'key && algorithm && bytes.subarray(NONCE_LENGTH);',
      },
    ],
    tests: [SERVER],
  },
  {
    name: 'tokens for ever',
    ids: ['UI-03'],
    edits: [{ file: ROUTE, find: "    if (expiresAt <= now) return 'expired';\n", put: '' }],
    tests: [SERVER],
  },
  {
    name: 'tokens counted whenever they come',
    ids: ['UI-04'],
    edits: [
      {
        file: ROUTE,
        find: "if (!once.add(id, expiresAt, now)) return 'repeated';",
        put: 'once.add(id, expiresAt, now);',
      },
    ],
    tests: [SERVER],
  },
  {
    name: 'a provider that trusts its client',
    ids: ['UI-05'],
    edits: [{ file: STORE, find: "      unready = { status: 'failed', error };", put: '      throw error;' }],
    tests: ['packages/react/test/provider.test.tsx'],
  },
  {
    name: 'forced decisions of any text',
    ids: ['UI-06'],
    edits: [
      {
        file: 'packages/react/src/server/forced-decisions.ts',
        find: "await verifyCookieValue(given ?? readCookie(request.headers.get('cookie') ?? '', name), keys);",
        put: "(given ?? readCookie(request.headers.get('cookie') ?? '', name))?.split('.')[0];",
      },
    ],
    tests: [SERVER],
  },
];
