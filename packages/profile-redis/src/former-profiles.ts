/**
 * Profiles under the keys of earlier versions, which left out the `keyPrefix` of some clients. A user who is not found
 * under the current key is looked up once under the former key; a profile found there is then stored under the current
 * key.
 */
import { type CommandPort, type Connection, isCommandRefused } from '@sortition/redis';
import type { Assignments, Layout, LayoutHost } from './layout.ts';

export interface FormerProfiles {
  /** Whether this client can have profiles under former keys. */
  readonly mayExist: boolean;
  /** Resolves to the assignments under the former key; none when there cannot be any. Never rejects. */
  read(userId: string): Promise<Assignments>;
  /** Deletes a former key, if this account has the right. */
  remove(key: string): Promise<void>;
}

const NOTHING: Assignments = /* @__PURE__ */ new Map();

/** @param createLayout Creates the layout of the store, with a read that leaves out the prefix of the client. */
export function createFormerProfiles(
  { sendUnprefixed }: CommandPort,
  connection: Connection,
  createLayout: (read: LayoutHost['read']) => Layout,
): FormerProfiles {
  if (sendUnprefixed === null) {
    return { mayExist: false, read: async () => NOTHING, remove: async () => undefined };
  }
  const layout = createLayout((key, args) => connection.read(key, args, sendUnprefixed));
  let readable = true;
  return {
    get mayExist() {
      return readable;
    },
    async read(userId) {
      try {
        return await layout.read(userId);
      } catch (cause) {
        // An account that may only use keys with the prefix has never stored a profile without it.
        if (isCommandRefused(cause)) readable = false;
        return NOTHING;
      }
    },
    async remove(key) {
      try {
        await connection.write(key, ['DEL', key], sendUnprefixed);
      } catch (cause) {
        if (!isCommandRefused(cause)) throw cause;
      }
    },
  };
}
