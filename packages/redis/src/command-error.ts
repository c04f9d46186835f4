/** Errors of commands without their arguments, because a key contains a user id. */
import { isSdkError, SdkError } from '@sortition/core';

/** The error of a failed command. */
export interface CommandError extends SdkError {
  /** Name of the command, in capitals. */
  readonly command: string;
  /** Code of the error reply, such as `OOM` or `NOPERM`; `null` without an error reply. */
  readonly reply: string | null;
  /** Whether the server, or a proxy in front of it, replied. */
  readonly isReply: boolean;
}

/** Error codes that describe the state of the server or of the stored value: other commands would fail too. */
const STATES: ReadonlySet<string | null> = /* @__PURE__ */ new Set([
  'ASK',
  'BUSY',
  'CLUSTERDOWN',
  'CROSSSLOT',
  'EXECABORT',
  'LOADING',
  'MASTERDOWN',
  'MISCONF',
  'MOVED',
  'NOAUTH',
  'NOREPLICAS',
  'NOSCRIPT',
  'OOM',
  'READONLY',
  'TRYAGAIN',
  'UNKILLABLE',
  'WRONGPASS',
  'WRONGTYPE',
]);

/** Classes of error replies in ioredis, node-redis and the clients over HTTP. */
const REPLY_CLASSES: ReadonlySet<unknown> = /* @__PURE__ */ new Set([
  'ReplyError',
  'ErrorReply',
  'SimpleError',
  'BlobError',
  'UpstashError',
]);

const MAX_TEXT_LENGTH = 200;

/** Turns the error of a client into one whose text contains neither arguments nor passwords. */
export function toCommandError(cause: unknown, args: readonly string[]): SdkError {
  if (isSdkError(cause)) return cause;
  const [command = ''] = args;
  const thrown = readThrown(cause);
  const reply = replyCode(thrown);
  const isReply = reply !== null || isReplyWithoutCode(thrown, command);
  const text = describe(thrown, args);
  const message = isReply ? `Redis refused ${command}: ${text}` : `Redis did not carry out ${command}: ${text}`;
  return Object.assign(new SdkError('store-failed', message), { command, reply, isReply });
}

/** Returns whether an error is a `CommandError`, and not a timeout or an error of another layer. */
export function isCommandError(error: unknown): error is CommandError {
  return isSdkError(error) && 'isReply' in error;
}

/** Returns whether an error is a reply with this code. */
export function hasReplyCode(error: unknown, code: string): boolean {
  return isCommandError(error) && error.reply === code;
}

/**
 * Returns whether the server, or a proxy in front of it, refuses this command for this account, with any message. Other
 * commands may be allowed.
 */
export function isCommandRefused(error: unknown): error is CommandError {
  return isCommandError(error) && error.isReply && !STATES.has(error.reply);
}

/** The fields that are read from an error, or from any other thrown value. */
interface Thrown {
  readonly message: string;
  readonly name?: unknown;
  readonly code?: unknown;
  /** Name of its class. */
  readonly className?: unknown;
}

/** Reads each field once; fields that cannot be read are absent. */
function readThrown(cause: unknown): Thrown {
  try {
    const { message, name, code, constructor: owner } = Object(cause) as Partial<Error> & { readonly code?: unknown };
    return { message: typeof message === 'string' ? message : '', name, code, className: owner?.name };
  } catch {
    return { message: '' };
  }
}

/** Returns the code of an error reply; `null` when the message does not come from a server. */
function replyCode({ message }: Thrown): string | null {
  const code = /^-?([A-Z][A-Z]+)(?= |$)/.exec(message)?.[1] ?? null;
  // Before Redis 7 the error of a command in a script is wrapped in an error of the script.
  if (code === 'ERR' && message.includes('script')) {
    const inner = /: -?([A-Z][A-Z]+) /.exec(message)?.[1];
    if (inner !== undefined && STATES.has(inner)) return inner;
  }
  // Only these Redis codes begin with an E; other codes with an E come from the operating system, such as ECONNREFUSED.
  return code?.startsWith('E') && code !== 'ERR' && code !== 'EXECABORT' ? null : code;
}

/** Proxies use their own messages. Errors of the operating system have a code. */
function isReplyWithoutCode({ message, name, code, className }: Thrown, command: string): boolean {
  if (typeof code === 'string') return false;
  if (REPLY_CLASSES.has(name) || REPLY_CLASSES.has(className)) return true;
  return command !== '' && message.toUpperCase().includes(command);
}

function describe({ message, code }: Thrown, args: readonly string[]): string {
  // Here begins the list of arguments that Redis quotes.
  let text = message.split(/,? with args beginning/i)[0] ?? '';
  for (const arg of args.slice(1)) if (arg.length > 2) text = text.split(arg).join('***');
  text = text.replace(/\/\/[^@\s]*@/g, '//***@').trim();
  if (text === '') return typeof code === 'string' ? `${code}.` : 'the client gave no reason.';
  const end = text.length > MAX_TEXT_LENGTH ? '…' : /[.!?]$/.test(text) ? '' : '.';
  return text.slice(0, MAX_TEXT_LENGTH) + end;
}
