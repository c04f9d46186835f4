/** Ids from a function of the application, which may throw, reject or return anything. */
import { tryPart } from '@sortition/core/internal';
import { randomUuid } from '@sortition/http';

/** Returns the result of `randomId`, or a random UUID when that is not a text. */
export function guardIds(randomId: () => string): () => string {
  return () => {
    const id: unknown = tryPart(randomId);
    return typeof id === 'string' && id !== '' ? id : randomUuid();
  };
}
