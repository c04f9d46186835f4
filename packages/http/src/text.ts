/** Strict decoding and parsing: an invalid document is refused, not repaired. */
import { SdkError } from '@sortition/core/errors';

/**
 * Decodes UTF-8; a byte order mark is kept, so that JSON with one is refused. Throws an `SdkError` with the code
 * `invalid-response` for bytes that are not UTF-8.
 *
 * @param what Subject of the message, such as `The datafile`.
 */
export function decodeUtf8(bytes: Uint8Array, what: string): string {
  try {
    // React Native up to 0.73 and jsdom under Jest 29 have no TextDecoder.
    return typeof TextDecoder === 'undefined'
      ? decodeByHand(bytes)
      : new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new SdkError('invalid-response', `${what} is not UTF-8; JSON documents must be.`, { cause });
  }
}

/** `decodeURIComponent` is as strict as a decoder: it refuses overlong forms, surrogates and incomplete sequences. */
function decodeByHand(bytes: Uint8Array): string {
  let escaped = '';
  for (const byte of bytes) {
    const isPlain = byte < 0x80 && byte !== 0x25;
    escaped += isPlain ? String.fromCharCode(byte) : `%${byte.toString(16).padStart(2, '0')}`;
  }
  return decodeURIComponent(escaped);
}

/**
 * Parses JSON; throws `SdkError` `invalid-response` on anything else. The platform's own message is left out, because it
 * quotes the document.
 *
 * @param what Subject of the message.
 */
export function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const found = text.trim() === '' ? 'is empty' : `is not JSON (${text.length} characters)`;
    throw new SdkError('invalid-response', `${what} ${found}; expected a JSON document.`);
  }
}

/** Replaces lone surrogates by U+FFFD, as the UTF-8 encoder of every platform does on the wire. */
export function toWellFormed(text: string): string {
  return text.replace(/[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff]/g, (found) =>
    found.length === 2 ? found : '\ufffd',
  );
}
