/** What foreign code does instead of what its port says. */

const boom = (): Error => new Error('boom');

function raise(what: unknown): never {
  throw what;
}

function thenable(then: (resolve: (value: unknown) => void, reject: (cause: unknown) => void) => void): object {
  return Object.fromEntries([['then', then]]);
}

/** Name to a function that stands in for any method of a port. */
export const MISBEHAVIOURS: Readonly<Record<string, () => unknown>> = {
  'throws an error': () => raise(boom()),
  'throws null': () => raise(null),
  'throws a string': () => raise('boom'),
  'throws an object that cannot be shown': () => raise({ toString: null }),
  'rejects with an error': () => Promise.reject(boom()),
  'rejects with undefined': () => Promise.reject(undefined),
  'rejects later': () => new Promise((_, reject) => setTimeout(reject, 1, boom())),
  'never settles': () => new Promise(() => undefined),
  'is a thenable that throws': () => thenable(() => raise(boom())),
  'is a thenable that never calls back': () => thenable(() => undefined),
  'is a thenable that resolves twice': () =>
    thenable((resolve) => {
      resolve('one');
      resolve('two');
    }),
  'is a thenable that resolves and throws': () =>
    thenable((resolve) => {
      resolve(null);
      raise(boom());
    }),
  'has a "then" that throws when it is read': () => Object.defineProperty({}, 'then', { get: () => raise(boom()) }),
  'is a revoked proxy': () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  },
  'is a proxy whose traps throw': () => new Proxy({}, { get: () => raise(boom()), ownKeys: () => raise(boom()) }),
  'answers undefined': () => undefined,
  'answers null': () => null,
  'answers a string': () => 'text',
  'answers NaN': () => Number.NaN,
  'answers an array of garbage': () => [null, undefined, {}, Symbol('s'), 1n],
  'answers an object with keys of the prototype': () => JSON.parse('{"__proto__":{"a":1},"constructor":null}'),
  'answers an object without a prototype': () => Object.create(null),
  'answers a symbol': () => Symbol('s'),
  'answers a function': () => () => raise(boom()),
  'answers a promise of itself nested': () => Promise.resolve(Promise.resolve([[[]]])),
  'answers something circular': () => {
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    return circle;
  },
};
