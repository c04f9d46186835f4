/** Scripts by their hash, so that the text is sent once per server and not once per write. */
import { createHash } from 'node:crypto';
import type { SdkError } from '@sortition/core';
import { hasReplyCode, isCommandRefused } from '@sortition/redis';
import type { LayoutHost } from './layout.ts';

/** The refusal when the server, or a proxy in front of it, does not run scripts for this client. */
export interface ScriptRefused {
  readonly refused: SdkError;
}

/** A script on one key. */
export interface Script {
  /**
   * Runs the script. All variable data is passed as arguments: the text is a constant.
   *
   * @returns The reply, or that it was refused. Rejects when the server cannot reply now.
   */
  run(key: string, args: readonly string[]): Promise<{ readonly reply: unknown } | ScriptRefused>;
  /** Makes `run` return the refusal without sending a command. */
  giveUp(why: ScriptRefused): void;
}

/** @param text Source in Lua. */
export function createScript(host: LayoutHost, text: string): Script {
  const hash = createHash('sha1').update(text).digest('hex');
  let given: ScriptRefused | undefined;
  return {
    async run(key, args) {
      if (given) return given;
      try {
        return { reply: await host.write(key, ['EVALSHA', hash, '1', key, ...args]) };
      } catch (cause) {
        // Proxies refuse unknown commands with their own messages; `EVAL` may still work.
        if (!hasReplyCode(cause, 'NOSCRIPT') && !isCommandRefused(cause)) throw cause;
      }
      try {
        return { reply: await host.write(key, ['EVAL', text, '1', key, ...args]) };
      } catch (cause) {
        if (!isCommandRefused(cause)) throw cause;
        return { refused: cause };
      }
    },
    giveUp(why) {
      given = why;
    },
  };
}
