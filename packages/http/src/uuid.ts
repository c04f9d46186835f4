/** Random ids for events, which services use to recognise one that arrives twice. */

/**
 * A version 4 UUID. `crypto.randomUUID` exists in secure contexts of browsers only and React Native may have no `crypto` at
 * all; there the ids are as random as `Math.random`, which is enough to tell events apart and for nothing else.
 */
export function randomUuid(): string {
  const { crypto } = globalThis as { crypto?: PartialCrypto };
  if (crypto?.randomUUID) return crypto.randomUUID();
  const bytes = new Uint8Array(16);
  if (crypto?.getRandomValues) crypto.getRandomValues(bytes);
  else for (let i = 0; i < bytes.length; i++) bytes[i] = Math.random() * 256;
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Named here, because not every program that compiles these sources has the types of the web platform. */
interface PartialCrypto {
  randomUUID?(): string;
  getRandomValues?(bytes: Uint8Array): unknown;
}
