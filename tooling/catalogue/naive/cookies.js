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
        find: "    if (typeof value !== 'string' || value.length > MAX_COOKIE_LENGTH) return {};",
        put: '',
      },
      {
        file: COOKIE,
        find: 'const text = decodeURIComponent(value);',
        put: 'const text = decodeURIComponent(value as string);',
      },
      { file: COOKIE, find: '    return {}; // broken percent-encoding', put: "    throw new Error('broken cookie');" },
    ],
    tests: [FAULTS],
  },
  {
    name: 'cookie attributes taken as they come',
    ids: ['COOK-04', 'COOK-06'],
    edits: [
      {
        file: SET_COOKIE,
        find: '  check(/^\\/[ -:<-~]*$/.test(path), \'path must begin with "/" and be printable ASCII without ";".\');',
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
        find: 'userId: userId ?? existing.userId',
        put: "userId: userId ?? existing.userId ?? 'nobody'",
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
        find: '([name, value]) => Object.hasOwn(FIELDS, name) && FIELDS[name as keyof AmplitudeCookie](value),',
        put: "([name]) => name in FIELDS || name === '__proto__',",
      },
    ],
    tests: [FAULTS],
  },
];
