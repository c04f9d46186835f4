/** Headers that a request can carry. */
import { SdkError } from '@sortition/core/errors';

/**
 * Throws `SdkError` `invalid-option` on headers that cannot be sent, naming them without their values. The platform's own
 * error quotes the value, which may be a token.
 */
export function checkHeaders(headers: Readonly<Record<string, string>> = {}): void {
  for (const [name, value] of Object.entries(headers)) {
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) {
      throw new SdkError(
        'invalid-option',
        `${JSON.stringify(name)} is not a header name; expected letters, digits and hyphens.`,
      );
    }
    if (!/^[\t -~\x80-\xff]*$/.test(value)) {
      throw new SdkError('invalid-option', `The value of header ${name} holds characters that no header can carry.`);
    }
  }
}
