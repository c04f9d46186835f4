/** Ids from the application's own function, which may throw, reject or answer something else. */
import { tryPart } from '@sortition/core/internal';
import { randomUuid } from '@sortition/http';

/** Answers what `randomId` does, and a random UUID whenever that is not a text. */
export function guardIds(randomId: () => string): () => string {
  return () => {
    const id: unknown = tryPart(randomId);
    return typeof id === 'string' && id !== '' ? id : randomUuid();
  };
}
