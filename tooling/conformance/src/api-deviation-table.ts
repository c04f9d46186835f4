/**
 * Where the drop-in answers something else than the official JavaScript SDK 6.6.1: where that one throws, loses something or
 * reads what no declared type allows. `test/api-deviations.test.ts` shows both for every row.
 */

/** What the official SDK does in such a case. */
export type DeviationKind = 'throws' | 'loses' | 'hangs' | 'undeclared input';

/** One deviation of the drop-in. */
export interface ApiDeviation {
  readonly id: string;
  readonly kind: DeviationKind;
  readonly official: string;
  readonly ours: string;
}

export const API_DEVIATIONS = [
  {
    id: 'D1',
    kind: 'loses',
    official: 'Loses a running experiment when a rule of another flag with the same key is paused.',
    ours: "Takes the rule's own status.",
  },
  {
    id: 'D2',
    kind: 'loses',
    official: 'Loses the first element of a condition array that does not begin with a text.',
    ours: 'Such an array is an "or" of all its elements.',
  },
  {
    id: 'D6',
    kind: 'loses',
    official: 'The context of a decision shares its forced decisions with the context that decided.',
    ours: 'The two are independent.',
  },
  {
    id: 'D12',
    kind: 'loses',
    official: 'Refuses the whole datafile for one broken entity.',
    ours: 'The entity is left out, and the rest serves.',
  },
  {
    id: 'D13',
    kind: 'throws',
    official: 'Throws out of a decide call for a null entry of stored assignments, or an unknown group.',
    ours: 'What is broken counts as absent.',
  },
  {
    id: 'D22',
    kind: 'loses',
    official: "Takes null and undefined tags out of the caller's own object.",
    ours: "The caller's object stays as it is.",
  },
  {
    id: 'D23',
    kind: 'undeclared input',
    official: 'Sends the tag "value" as the value of a conversion when it is true or an array, too.',
    ours: 'Only numbers, and texts that begin with one, are a value.',
  },
  {
    id: 'prototype-keys',
    kind: 'throws',
    official: 'Throws for flags named as members of Object.prototype, such as "constructor".',
    ours: 'They are ordinary keys.',
  },
  {
    id: 'absent-revision',
    kind: 'loses',
    official: 'Never installs a datafile without a "revision".',
    ours: 'It serves.',
  },
  {
    id: 'attribute-types',
    kind: 'undeclared input',
    official: 'Attributes of other types than declared (objects, functions) exist for "exists".',
    ours: 'They are absent for audiences; the context and notifications still show them.',
  },
  {
    id: 'not-operands',
    kind: 'undeclared input',
    official: 'The view names every operand of a "not", of which audiences evaluate the first.',
    ours: 'Names the first.',
  },
  {
    id: 'view-throws',
    kind: 'throws',
    official: 'Throws inside getOptimizelyConfig for a "not" of an unknown audience, and answers null.',
    ours: 'Answers the view.',
  },
  {
    id: 'reused-ids',
    kind: 'undeclared input',
    official:
      'Of experiments, variations or flags that share an id or a key, some calls find the first and some the last.',
    ours: 'Views show the last, and a variation serves its own values.',
  },
  {
    id: 'forced-by-key',
    kind: 'loses',
    official:
      'A variation forced for an experiment takes the flag of another with the same key, but without it, to the rollout.',
    ours: 'An experiment that does not have the variation decides as ever.',
  },
  {
    id: 'operator-ids',
    kind: 'undeclared input',
    official: 'The view leaves out audiences whose id is "and", "or" or "not".',
    ours: 'Names them.',
  },
  {
    id: 'view-owner',
    kind: 'undeclared input',
    official:
      'The view of an experiment that two flags share has the variables of the flag that the datafile has first.',
    ours: 'Those of the flag that decideAll answers first: keys that are numbers come before others.',
  },
  {
    id: 'foreign-variation',
    kind: 'loses',
    official: 'Activating a stored variation of another experiment sends an impression without a variation.',
    ours: 'The impression names the variation.',
  },
  {
    id: 'unread-profile',
    kind: 'loses',
    official: 'After a failed lookup the save overwrites the stored profile with the new assignments alone.',
    ours: 'A profile that could not be read is not overwritten.',
  },
  {
    id: 'hanging-profile',
    kind: 'hangs',
    official: 'A profile service that never answers holds decideAsync for ever.',
    ours: 'After ten seconds the decision goes on without.',
  },
  {
    id: 'lone-surrogates',
    kind: 'loses',
    official: 'Sends a surrogate that stands alone as an escape that many JSON parsers refuse.',
    ours: 'Sends U+FFFD.',
  },
  {
    id: 'unsendable-tags',
    kind: 'throws',
    official: 'A BigInt or a circle among the tags costs the whole batch.',
    ours: 'The tag is left out; the event stays.',
  },
  {
    id: 'region-case',
    kind: 'undeclared input',
    official: 'The region "eu" of a datafile goes to the United States.',
    ours: 'The case of a region does not count, as in the Python and Go SDKs.',
  },
  {
    id: 'after-close',
    kind: 'throws',
    official: 'An event after close() is an unhandled rejection, which ends a Node process.',
    ours: 'It is counted and ignored.',
  },
] as const satisfies readonly ApiDeviation[];

/** Name of a row. */
export type ApiDeviationId = (typeof API_DEVIATIONS)[number]['id'];
