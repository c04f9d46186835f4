/** Replies that show that a client, or its connection, is not usable. */
import { SdkError } from '@sortition/core';

/**
 * Returns the error for a reply that no server sends to these commands; `null` for any other reply. The reply for a
 * missing value is `null`.
 */
export function findReplyFault(args: readonly string[], reply: unknown): SdkError | null {
  if (reply === undefined) {
    return new SdkError(
      'store-failed',
      `The Redis client returned undefined for ${args[0]}, which no server sends: it takes callbacks, or is a mock. ` +
        'Pass a client that returns promises, such as "client.v4" of a node-redis 4 client in legacy mode.',
    );
  }
  if (reply === 'QUEUED' && args[0] !== 'HGET') {
    return new SdkError(
      'store-failed',
      `${args[0]} was queued in a MULTI of the application instead of carried out. Pass a client of its own, such as client.duplicate().`,
    );
  }
  return null;
}
