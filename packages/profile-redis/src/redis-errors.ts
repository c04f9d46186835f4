/** What went wrong in Redis, said without what was in the command: a key holds a user id. */
import { SdkError } from '@sortition/core';

/** The code of an error reply such as `OOM` or `NOSCRIPT`; `null` when the server said nothing. */
export function replyCode(cause: unknown): string | null {
  const message = messageOf(cause);
  // Before Redis 7 a script's errors are wrapped in its own.
  if (message.includes('WRONGTYPE')) return 'WRONGTYPE';
  const code = /^-?([A-Z][A-Z]+)(?= |$)/.exec(message)?.[1] ?? null;
  // Of Redis' codes only these begin with an E; the others are the operating system's, such as ECONNREFUSED.
  return code?.startsWith('E') && code !== 'ERR' && code !== 'EXECABORT' ? null : code;
}

/** Whether the server does not let this client run scripts, or has none. */
export function isScriptingRefused(cause: unknown): boolean {
  const message = messageOf(cause);
  return /^-?NOPERM .*\beval/i.test(message) || /^-?ERR unknown command\b.*\beval/i.test(message);
}

/** Turns what a client rejected with into an error whose text holds neither keys nor passwords. */
export function storeFailed(cause: unknown): SdkError {
  const code = replyCode(cause) ?? (cause as { code?: unknown } | undefined)?.code;
  const what =
    typeof code === 'string'
      ? code
      : messageOf(cause)
          .replace(/\/\/[^@\s]*@/g, '//***@')
          .slice(0, 100);
  return new SdkError('store-failed', `Redis did not carry out a command: ${what}.`);
}

function messageOf(cause: unknown): string {
  const message = (cause as { message?: unknown } | null | undefined)?.message;
  return typeof message === 'string' ? message : '';
}
