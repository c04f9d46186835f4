function raise(): never {
  throw new Error('not to be read');
}

const { proxy, revoke } = Proxy.revocable({}, {});
revoke();

/** What a `fetch` of an application may reject with, and what throws when it is read. */
export const UNREADABLE: readonly (readonly [string, unknown])[] = [
  ['a revoked proxy', proxy],
  ['an object without a prototype', Object.create(null)],
  ['an error whose cause throws', Object.defineProperty(new Error('hidden'), 'cause', { get: raise })],
  ['an error whose message throws', Object.defineProperty(new Error('hidden'), 'message', { get: raise })],
  ['an error whose stack throws', Object.defineProperty(new Error('hidden'), 'stack', { get: raise })],
];
