/**
 * What is written of decisions, kept by what they are made of: all users of a variation are answered the same, and writing
 * JSON costs more than deciding.
 */
import { type Client, type Decision, sharedAnswer } from 'sortition';

/** What was written of decisions with one answer and the same variables, by name. */
interface KeptAnswer<T> {
  /** The same object for all decisions with a variation, or an empty one where they were excluded. */
  readonly variables: object;
  readonly byName: Map<string, T>;
}

/** Returns what is written of a decision under a name, from memory where it can. */
export type KeptAnswers<T> = (client: Client, decision: Decision, name: string) => T | null;

/**
 * Creates an empty memory; what it keeps goes with the datafile whose decisions it is of.
 *
 * @param write Reads neither user nor reasons of the decision, and of the client what its datafile says. Names are those that
 *   the datafile has: for any other it answers `null`, which is not kept.
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
