/**
 * A cache of the JSON of decisions: all users of a variation get the same JSON, and writing it costs more than
 * deciding.
 */
import { type Client, type Decision, sharedAnswer } from 'sortition';

/** The texts of decisions with the same outcome and variables, by name. */
interface KeptAnswer<T> {
  /** The same object for all decisions with a variation, or an empty one if they were excluded. */
  readonly variables: object;
  readonly byName: Map<string, T>;
}

/** Returns the text of a decision under a name, from the cache if possible. */
export type KeptAnswers<T> = (client: Client, decision: Decision, name: string) => T | null;

/**
 * Creates an empty cache; its entries are collected together with their datafile.
 *
 * @param write Must not read the user or the reasons of the decision, and of the client only its datafile. For names
 *   that are not in the datafile it returns `null`, which is not cached.
 */
export function createKeptAnswers<T>(write: KeptAnswers<T>): KeptAnswers<T> {
  const kept = new WeakMap<object, KeptAnswer<T>[]>();
  return (client, decision, name) => {
    const shared = sharedAnswer(decision);
    if (shared === null) return write(client, decision, name);
    let answers = kept.get(shared);
    if (answers === undefined) {
      answers = [];
      kept.set(shared, answers);
    }
    const { variables } = decision;
    let answer: KeptAnswer<T> | undefined;
    for (const known of answers) if (known.variables === variables) answer = known;
    if (answer === undefined) {
      answer = { variables, byName: new Map() };
      answers.push(answer);
    }
    const known = answer.byName.get(name);
    if (known !== undefined) return known;
    const written = write(client, decision, name);
    if (written !== null) answer.byName.set(name, written);
    return written;
  };
}
