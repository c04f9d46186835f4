/** What a client rejected with, said without what was in the command: a key contains a user id. */
import { isSdkError, SdkError } from '@sortition/core';

/** A command that was not carried out. */
export interface CommandError extends SdkError {
  /** Name of the command, in capitals. */
  readonly command: string;
  /** Code of the error reply, such as `OOM` or `NOPERM`; `null` when the server did not answer with one. */
  readonly reply: string | null;
  /** Whether the server, or a proxy before it, answered at all. */
  readonly isReply: boolean;
}

/** Codes of Redis that describe the state of the server or of the stored value: another command would fail as well. */
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

/** Turns what a client rejected with into an error whose text contains neither arguments nor passwords. */
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

/** Tells an error of a command from a timeout and from the errors of the layers above. */
export function isCommandError(error: unknown): error is CommandError {
  return isSdkError(error) && 'isReply' in error;
}

/** Whether an error is a reply with this code. */
export function hasReplyCode(error: unknown, code: string): boolean {
  return isCommandError(error) && error.reply === code;
}

/**
 * Whether the server, or a proxy before it, does not carry out this command for this account, whatever the words it says
 * that with. Another command may be carried out.
 */
export function isCommandRefused(error: unknown): error is CommandError {
  return isCommandError(error) && error.isReply && !STATES.has(error.reply);
}

/** What is read of an error, or of whatever was thrown in its place. */
interface Thrown {
  readonly message: string;
  readonly name?: unknown;
  readonly code?: unknown;
  /** Name of its class. */
  readonly className?: unknown;
}

/** Reads each part once; an error whose parts cannot be read says nothing. */
function readThrown(cause: unknown): Thrown {
  try {
    const { message, name, code, constructor: owner } = Object(cause) as Partial<Error> & { readonly code?: unknown };
    return { message: typeof message === 'string' ? message : '', name, code, className: owner?.name };
  } catch {
    return { message: '' };
  }
}

/** The code of an error reply; `null` when the message is not one of a server. */
function replyCode({ message }: Thrown): string | null {
  const code = /^-?([A-Z][A-Z]+)(?= |$)/.exec(message)?.[1] ?? null;
  // Before Redis 7 the error of a command in a script is wrapped in one of the script.
  if (code === 'ERR' && message.includes('script')) {
    const inner = /: -?([A-Z][A-Z]+) /.exec(message)?.[1];
    if (inner !== undefined && STATES.has(inner)) return inner;
  }
  // Of Redis' codes only these begin with an E; the others are the operating system's, such as ECONNREFUSED.
  return code?.startsWith('E') && code !== 'ERR' && code !== 'EXECABORT' ? null : code;
}

/** Proxies answer in words of their own. An error of the operating system has a code of its own. */
function isReplyWithoutCode({ message, name, code, className }: Thrown, command: string): boolean {
  if (typeof code === 'string') return false;
  if (REPLY_CLASSES.has(name) || REPLY_CLASSES.has(className)) return true;
  return command !== '' && message.toUpperCase().includes(command);
}

function describe({ message, code }: Thrown, args: readonly string[]): string {
  // The list of arguments that Redis quotes begins here.
  let text = message.split(/,? with args beginning/i)[0] ?? '';
  for (const arg of args.slice(1)) if (arg.length > 2) text = text.split(arg).join('***');
  text = text.replace(/\/\/[^@\s]*@/g, '//***@').trim();
  if (text === '') return typeof code === 'string' ? `${code}.` : 'the client gave no reason.';
  const end = text.length > MAX_TEXT_LENGTH ? '…' : /[.!?]$/.test(text) ? '' : '.';
  return text.slice(0, MAX_TEXT_LENGTH) + end;
}
