/** Impression tokens: an impression that a server holds until a browser shows the decision. */
import type { HeldImpression } from '@sortition/client/internal';
import { randomUuid } from '@sortition/http';
import { open, seal } from './sealed-text.ts';

/** The content of a token. */
export interface ImpressionToken {
  /** Id of the token and of its event, by which a duplicate event is recognised. */
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  readonly impression: HeldImpression;
}

/** Makes a token. */
export function sealImpression(impression: HeldImpression, expiresAt: number, key: string): Promise<string> {
  const token: ImpressionToken = { id: randomUuid(), expiresAt, impression };
  return seal(JSON.stringify(token), key);
}

/** Reads a token; `null` when it was not made with one of the secrets. */
export async function openImpression(token: string, keys: readonly string[]): Promise<ImpressionToken | null> {
  const text = await open(token, keys);
  // A text that can be opened was written by `sealImpression`.
  return text === null ? null : (JSON.parse(text) as ImpressionToken);
}
