/**
 * The one error class of Sortition.
 *
 * Several copies or versions of the SDK may live in one process (ESM beside CJS, a duplicated dependency), so errors are
 * recognised by a registered symbol and branched on by `code`, never by `instanceof`.
 */

/** What went wrong, as a stable word to branch on. */
export type SdkErrorCode =
  | 'invalid-datafile'
  | 'invalid-option'
  | 'invalid-user'
  | 'not-ready'
  | 'request-failed'
  | 'timeout'
  | 'invalid-response'
  | 'store-failed'
  | 'closed'
  | 'aborted';

const BRAND: unique symbol = Symbol.for('sortition.SdkError');

/** Thrown for misuse and for failed I/O that the caller requested. Decisions never throw it. */
export class SdkError extends Error {
  /** Stable word for the kind of failure. */
  declare readonly code: SdkErrorCode;
  // Not assigned: a frozen prototype of errors would refuse it.
  override name = 'SdkError';

  /** @param options.cause What an adapter or the platform reported, unchanged. */
  constructor(code: SdkErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
    Object.defineProperty(this, BRAND, { value: true });
  }
}

/** Returns whether a value is an `SdkError` of any copy of the SDK. Never throws, even for hostile values. */
export function isSdkError(error: unknown): error is SdkError {
  try {
    return (error as { readonly [BRAND]?: unknown } | null | undefined)?.[BRAND] === true;
  } catch {
    return false; // a proxy that refuses to be read is not an SdkError
  }
}
