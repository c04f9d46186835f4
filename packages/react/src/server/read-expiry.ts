/** How long a text of the server is valid. */
import { readNumber } from '@sortition/core/internal';

/** A century; longer times, such as `Infinity`, do not give a valid date. */
const MAX_SECONDS = 3_155_760_000;

/** Returns when it expires, milliseconds since the epoch. @throws SdkError `invalid-option` */
export function readExpiry(
  owner: string,
  options: { readonly expiresInSeconds?: number | undefined },
  otherwise: number,
): number {
  const bounds = { min: 0, max: MAX_SECONDS };
  return Date.now() + readNumber(owner, options, 'expiresInSeconds', otherwise, bounds) * 1_000;
}
