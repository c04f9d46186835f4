/** Scripts by their hash, so that the text is sent once per server and not once per write. */
import { createHash } from 'node:crypto';
import type { LayoutHost } from './layout.ts';
import { isScriptingRefused, replyCode } from './redis-errors.ts';

/** The server runs no scripts for this client. */
export const NO_SCRIPTING: unique symbol = /* @__PURE__ */ Symbol('no scripting') as never;

/** Runs a script on one key. Everything that varies goes in as an argument: the text is a constant. */
export type RunScript = (key: string, args: readonly string[]) => Promise<unknown>;

/** @returns A function that resolves the reply, or `NO_SCRIPTING`, and then no longer asks the server. */
export function createScript(host: LayoutHost, text: string): RunScript {
  const hash = createHash('sha1').update(text).digest('hex');
  let refused = false;
  return async (key, args) => {
    if (refused) return NO_SCRIPTING;
    try {
      return await host.write(key, ['EVALSHA', hash, '1', key, ...args]);
    } catch (cause) {
      if (replyCode(cause) !== 'NOSCRIPT') return rejectUnlessRefused(cause);
    }
    try {
      return await host.write(key, ['EVAL', text, '1', key, ...args]);
    } catch (cause) {
      return rejectUnlessRefused(cause);
    }
  };

  function rejectUnlessRefused(cause: unknown): typeof NO_SCRIPTING {
    if (!isScriptingRefused(cause)) throw cause;
    refused = true;
    return NO_SCRIPTING;
  }
}
