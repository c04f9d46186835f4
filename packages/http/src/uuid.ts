/** Random ids for events, which services use to recognise one that arrives twice. */

/** `y` is a digit whose two upper bits are the variant. */
const TEMPLATE = 'xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx';

/**
 * A version 4 UUID. `crypto.randomUUID` exists in secure contexts of browsers only and React Native may have no `crypto` at
 * all; there the ids are as random as `Math.random`, which is enough to tell events apart and for nothing else.
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

/** Named here, because not every program that compiles these sources has the types of the web platform. */
interface PartialCrypto {
  randomUUID?(): string;
  getRandomValues?(bytes: Uint8Array): Uint8Array;
}
