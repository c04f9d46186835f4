/** Answers that stay as they are until an event is kept or a revision published: a page asks every second or two. */

/** Answers by their question, of one state of the lab. */
export interface AnswerCache {
  /**
   * What was answered in this state, or what `read` answers now. Equal questions at a time share one reading; one that rejects is
   * not kept.
   *
   * @param state Names what the lab has; another one forgets every answer.
   */
  answer<T>(state: string, question: unknown, read: () => Promise<T>): Promise<T>;
}

/** Questions of one state; more are answered without being kept. */
const MAX_ANSWERS = 200;

/** Creates an empty cache. */
export function createAnswerCache(): AnswerCache {
  const answers = new Map<string, Promise<unknown>>();
  let current = '';
  return {
    answer<T>(state: string, question: unknown, read: () => Promise<T>): Promise<T> {
      if (state !== current) answers.clear();
      current = state;
      const key = JSON.stringify(question);
      const known = answers.get(key);
      if (known !== undefined) return known as Promise<T>;
      const reading = read();
      if (answers.size < MAX_ANSWERS) {
        answers.set(key, reading);
        reading.catch(() => {
          if (answers.get(key) === reading) answers.delete(key);
        });
      }
      return reading;
    },
  };
}
