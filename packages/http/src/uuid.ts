/** Random ids for events, by which services recognise duplicates. */

/** `y` is a digit whose two upper bits are the variant. */
const TEMPLATE = 'xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx';

/**
 * Returns a version 4 UUID. `crypto.randomUUID` exists only in secure contexts of browsers, and React Native may have
 * no `crypto`; there the ids come from `Math.random`, which is enough to distinguish events but not for security.
 */
export function randomUuid(): string {
  const { crypto } = globalThis as { crypto?: PartialCrypto };
  if (crypto?.randomUUID) return crypto.randomUUID();
  const bytes = crypto?.getRandomValues?.(new Uint8Array(TEMPLATE.length));
  return TEMPLATE.replace(/[xy]/g, (digit, at: number) => {
    const nibble = (bytes ? (bytes[at] ?? 0) : Math.random() * 16) & 15;
    return (digit === 'x' ? nibble : (nibble & 3) | 8).toString(16);
  });
}

/** Declared here, because not every program that compiles these sources has the types of the web platform. */
interface PartialCrypto {
  randomUUID?(): string;
  getRandomValues?(bytes: Uint8Array): Uint8Array;
}
