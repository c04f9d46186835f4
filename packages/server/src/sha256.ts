/** SHA-256, at once where Node's own is at hand: the one of the web answers from another thread, which costs more than a decision. */

/** The part of `node:crypto` that is used. */
interface NodeCrypto {
  createHash(name: 'sha256'): { update(text: string): { digest(): Uint8Array } };
}

/** 'none' where there is no `node:crypto`; looked up once. */
let node: NodeCrypto | 'none' | undefined;

/** Returns the bytes, or a promise of them. */
export function sha256(text: string): Uint8Array | Promise<Uint8Array> {
  node ??= findNodeCrypto() ?? 'none';
  if (node !== 'none') return node.createHash('sha256').update(text).digest();
  return crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)).then((bytes) => new Uint8Array(bytes));
}

function findNodeCrypto(): NodeCrypto | undefined {
  const { process } = globalThis as { process?: { getBuiltinModule?(name: string): unknown } };
  const found = process?.getBuiltinModule?.('node:crypto') as NodeCrypto | undefined;
  return typeof found?.createHash === 'function' ? found : undefined;
}
