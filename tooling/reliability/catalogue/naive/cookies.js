/** Cookies, naively: they hold what our own server wrote, and the application passes what it should. */

const COOKIE = 'packages/cookies/src/amplitude-cookie.ts';
const SET_COOKIE = 'packages/cookies/src/amplitude-set-cookie.ts';
const FAULTS = 'packages/cookies/test/faults.test.ts';

/** @type {readonly import('./index.js').NaivePart[]} */
export const NAIVE_COOKIES = [
  {
    name: 'a parser for cookies as they should be',
    ids: ['COOK-01', 'COOK-02', 'COOK-03'],
    edits: [
      {
        file: COOKIE,
        find: "  if (typeof value !== 'string' || value.length > MAX_COOKIE_LENGTH) return {};",
        put: '',
      },
      {
        file: COOKIE,
        find: 'const decoded = decodePercent(value);',
        put: 'const decoded = decodeURIComponent(value as string);',
      },
    ],
    tests: [FAULTS],
  },
  {
    name: 'cookie attributes taken as they come',
    ids: ['COOK-04', 'COOK-06'],
    edits: [
      {
        file: SET_COOKIE,
        find: '  check(isText(path, /^\\/[ -:<-~]*$/), \'path must begin with "/" and be printable ASCII without ";".\');',
        put: '',
      },
      {
        file: SET_COOKIE,
        find: "  const { sameSite = 'Lax', secure = true, httpOnly } = options;",
        put: "  const { sameSite = 'Lax', secure = false, httpOnly } = options;",
      },
    ],
    tests: [FAULTS],
  },
  {
    name: 'ids that are written as they are',
    ids: ['COOK-05'],
    edits: [
      {
        file: 'packages/cookies/src/legacy-format.ts',
        find: '    encodeBase64(cookie.userId',
        put: '    (cookie.userId',
      },
      {
        file: 'packages/cookies/src/legacy-format.ts',
        find: "  if (!WRITABLE_ID.test(cookie.deviceId ?? '')) return undefined;",
        put: '',
      },
    ],
    tests: [FAULTS],
  },
  {
    name: 'a user id in every cookie',
    ids: ['COOK-07'],
    edits: [
      {
        file: SET_COOKIE,
        find: 'userId: userId ?? existing.userId,',
        put: "userId: userId ?? existing.userId ?? 'guest',",
      },
    ],
    tests: [FAULTS],
  },
  {
    name: 'fields of a cookie copied by assignment',
    ids: ['SEC-05'],
    edits: [
      {
        file: 'packages/cookies/src/identity.ts',
        find: '    if (!Object.hasOwn(FIELDS, name) || value == null) return [];',
        put: "    if (name === '__proto__' || !Object.hasOwn(FIELDS, name)) return [[name, value]];",
      },
    ],
    tests: [FAULTS],
  },
  {
    name: 'the first cookie of a name taken for the only one',
    ids: ['COOK-08'],
    edits: [
      {
        file: 'packages/cookies/src/amplitude-identity.ts',
        find: '      source.values\n',
        put: '      source.values.slice(0, 1)\n',
      },
    ],
    tests: ['packages/cookies/test/amplitude-identity.test.ts'],
  },
  {
    name: 'whatever is not known taken for no cookies',
    ids: ['COOK-09'],
    edits: [
      {
        file: 'packages/cookies/src/check.ts',
        find: '  if (!condition)',
        put: "  if (!condition && !message.startsWith('cookies is'))",
      },
    ],
    tests: [FAULTS],
  },
  {
    name: 'a header that ends where reading ends',
    ids: ['COOK-10'],
    edits: [
      {
        file: 'packages/cookies/src/cookie-source.ts',
        find: '      isComplete = false;',
        put: '      isComplete = true;',
      },
    ],
    tests: [FAULTS],
  },
  {
    name: 'an opt-out that is true and nothing else',
    ids: ['COOK-11'],
    edits: [
      {
        file: 'packages/cookies/src/identity.ts',
        find: 'return [[name, saysYes(value)]];',
        put: 'return value === true ? [[name, value]] : [];',
      },
    ],
    tests: [FAULTS],
  },
  {
    name: 'any domain a cookie notes',
    ids: ['COOK-12'],
    edits: [{ file: SET_COOKIE, find: ' && !PUBLIC_SUFFIX.test(noted)', put: ' && PUBLIC_SUFFIX.source' }],
    tests: [FAULTS],
  },
];
