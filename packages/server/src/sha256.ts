/** SHA-256, synchronous on Node: Web Crypto is asynchronous and costs more than a decision. */

/** The encoding of a hash. */
export type HashEncoding = 'hex' | 'base64url';

/** The parts of `node:crypto` that are used; `hash` came with 20.12. */
interface NodeCrypto {
  readonly hash?: (name: 'sha256', text: string, encoding: HashEncoding) => string;
  createHash(name: 'sha256'): { update(text: string): { digest(encoding: HashEncoding): string } };
}

/** 'none' without `node:crypto`; looked up once. */
let node: NodeCrypto | 'none' | undefined;

/** Returns the hash of a text, or a promise of it. */
export function sha256(text: string, encoding: HashEncoding): string | Promise<string> {
  node ??= findNodeCrypto() ?? 'none';
  if (node === 'none') return webHash(text, encoding);
  return node.hash?.('sha256', text, encoding) ?? node.createHash('sha256').update(text).digest(encoding);
}

async function webHash(text: string, encoding: HashEncoding): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
  if (encoding === 'hex') return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const base64 = btoa(String.fromCharCode(...bytes));
  return base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function findNodeCrypto(): NodeCrypto | undefined {
  const { process } = globalThis as { process?: { getBuiltinModule?(name: string): unknown } };
  const found = process?.getBuiltinModule?.('node:crypto') as NodeCrypto | undefined;
  return typeof found?.createHash === 'function' ? found : undefined;
}
