/**
 * Every known deviation from the official JavaScript SDK 6.6.1, one row each. `test/deviations.test.ts` shows what both
 * sides do for every row; the comparison takes nothing else out of the way.
 */

/** How the comparison treats a row: it is not generated, or one side is rewritten before the two are compared. */
export type Handling = 'avoided' | 'normalised';

/** One known deviation. */
export interface Deviation {
  readonly id: string;
  /** Where it comes from: a defect of the specification, a row of the fault catalogue, or the contract. */
  readonly source: string;
  readonly official: string;
  readonly ours: string;
  readonly handling: Handling;
}

export const DEVIATIONS = [
  {
    id: 'D1',
    source: 'defect D1',
    official: 'Takes the status of an experiment from the last rule of the project with the same key.',
    ours: "Takes the rule's own status: keys are unique only within a flag.",
    handling: 'avoided',
  },
  {
    id: 'D2',
    source: 'defect D2',
    official: 'Drops the first element of a condition array that does not begin with a string.',
    ours: 'Such an array is an "or" of all its elements.',
    handling: 'avoided',
  },
  {
    id: 'D3',
    source: 'defect D3',
    official: 'The holdout reason has variation and holdout in each other’s place.',
    ours: 'The same template, filled in its order.',
    handling: 'normalised',
  },
  {
    id: 'D4',
    source: 'defect D4',
    official: 'The bucket reason shows the user id as the bucketing ID.',
    ours: 'Shows the bucketing id.',
    handling: 'normalised',
  },
  {
    id: 'D6',
    source: 'defect D6',
    official: 'The context of a decision shares forced decisions with the context that decided.',
    ours: 'The two are independent.',
    handling: 'avoided',
  },
  {
    id: 'D12',
    source: 'defect D12',
    official:
      'One broken entity (a flag with an unknown experiment or without variables, bad audience text) refuses the datafile.',
    ours: 'The entity or the reference is skipped and listed as a problem; the rest serves.',
    handling: 'avoided',
  },
  {
    id: 'D13',
    source: 'defect D13',
    official: 'A null sticky entry, an unknown group or a rollout without rules throws out of the decide call.',
    ours: 'Decide calls never throw: what is broken counts as absent.',
    handling: 'avoided',
  },
  {
    id: 'D15',
    source: 'defect D15',
    official: 'A variable whose text is not of its type is null without a word.',
    ours: 'Also null, and the documented error reason is always given.',
    handling: 'normalised',
  },
  {
    id: 'D20',
    source: 'defect D20',
    official: 'Asynchronous decide calls resolve before the profile is saved.',
    ours: 'They wait for the save, within a timeout.',
    handling: 'normalised',
  },
  {
    id: 'absent-revision',
    source: 'fault DF-02',
    official: 'Never installs a datafile without a "revision".',
    ours: 'It serves; its revision is the empty text.',
    handling: 'avoided',
  },
  {
    id: 'prototype-keys',
    source: 'section 16, fault DF-03',
    official: 'Keys that Object.prototype has crash the call or match attributes that were not given.',
    ours: 'They are ordinary keys.',
    handling: 'avoided',
  },
  {
    id: 'shared-feature-rollout',
    source: 'section 16',
    official:
      'A feature rollout of two flags gets the everyone-else variation of both, in the order the flags are read.',
    ours: 'It gets both as well, but a flag may be forced into either whatever the order.',
    handling: 'avoided',
  },
  {
    id: 'attribute-types',
    source: 'contract, fault IN-04',
    official: 'Attributes of other types (objects, functions) exist for "exists".',
    ours: 'Only strings, numbers, booleans and null are attributes; other values are absent.',
    handling: 'avoided',
  },
  {
    id: 'undefined-attribute',
    source: 'contract, fault IN-04',
    official: 'createUserContext throws when an attribute is undefined.',
    ours: 'It counts as absent.',
    handling: 'avoided',
  },
  {
    id: 'bucket-map-attribute',
    source: 'contract (type of attributes)',
    official: '$opt_experiment_bucket_map shows up among the attributes of contexts and notifications.',
    ours: 'It is read into assignments and is not an attribute.',
    handling: 'normalised',
  },
  {
    id: 'numeric-variation-id',
    source: 'fault UPS-03',
    official: 'A stored variation id that is a number is looked up as text.',
    ours: 'The entry is invalid and ignored.',
    handling: 'avoided',
  },
  {
    id: 'reused-variation-id',
    source: 'section 1.7',
    official: 'Of variations with one id, all serve the values of the last.',
    ours: 'Each serves its own.',
    handling: 'avoided',
  },
  {
    id: 'wrong-types',
    source: 'fault DF-02',
    official:
      'Carries ids, keys and texts of other types along (a flag called "null") or serves the rest of a broken entity.',
    ours: 'The entity is skipped, or the value counts as absent, and that is listed as a problem.',
    handling: 'avoided',
  },
  {
    id: 'empty-variation-key',
    source: 'fault DF-02',
    official: 'A variation with an empty key ends its rule although the reasons say the user is in it.',
    ours: 'The variation is skipped and listed as a problem.',
    handling: 'avoided',
  },
  {
    id: 'feature-enabled-type',
    source: 'contract (enabled is boolean), fault DF-02',
    official: 'Serves whatever "featureEnabled" holds.',
    ours: 'Serves whether it is truthy.',
    handling: 'avoided',
  },
  {
    id: 'depth-cap',
    source: 'fault DF-04',
    official: 'Evaluates conditions of any depth the stack allows.',
    ours: 'A tree nested deeper than 100 is unknown as a whole.',
    handling: 'avoided',
  },
  {
    id: 'version-length',
    source: 'fault DF-08',
    official: 'Compares versions of any length.',
    ours: 'Text above 64 KiB is not a version.',
    handling: 'avoided',
  },
  {
    id: 'repeated-key',
    source: 'section 4.2',
    official: 'A key asked for twice is evaluated twice: its reasons are those of the second, sticky evaluation.',
    ours: 'It is evaluated once.',
    handling: 'avoided',
  },
  {
    id: 'answer-order',
    source: 'section 4.2',
    official: 'decideForKeys answers unknown flags first.',
    ours: 'Answers in the order of the question.',
    handling: 'normalised',
  },
  {
    id: 'not-ready',
    source: 'contract',
    official: 'decideForKeys without a config answers {}.',
    ours: 'Answers one error decision per key.',
    handling: 'avoided',
  },
  {
    id: 'async-sharing',
    source: 'section 4.11',
    official:
      'Of flags that share an experiment in one asynchronous call, microtasks decide which one assigns it and which is sticky.',
    ours: 'Flags are taken in order; those that wait for no bandit first.',
    handling: 'avoided',
  },
  {
    id: 'lookup-reason',
    source: 'fault UPS-01',
    official: 'A failing profile lookup leaves no reason.',
    ours: 'It is the first reason.',
    handling: 'normalised',
  },
  {
    id: 'unread-profile',
    source: 'fault UPS-03',
    official: 'After a failed lookup the save overwrites the stored profile with the new assignments alone.',
    ours: 'A profile that could not be read is not overwritten.',
    handling: 'normalised',
  },
  {
    id: 'second-lookup',
    source: 'contract (classic save), fault UPS-04',
    official: 'Looks an asynchronous profile up once.',
    ours: 'May read it again before it saves the whole profile.',
    handling: 'normalised',
  },
  {
    id: 'D23',
    source: 'defect D23',
    official: 'Sends the tag "value" as the value of a conversion when it is true or an array, too.',
    ours: 'Only numbers, and texts that begin with one, are a value.',
    handling: 'normalised',
  },
  {
    id: 'lone-surrogates',
    source: 'fault IN-03',
    official: 'Sends a surrogate that stands alone as an escape that many JSON parsers refuse.',
    ours: 'Sends U+FFFD.',
    handling: 'normalised',
  },
  {
    id: 'region-case',
    source: 'section 9.5',
    official: 'The region "eu" of a datafile goes to the United States.',
    ours: 'The case of a region does not count, as in the Python and Go SDKs.',
    handling: 'avoided',
  },
  {
    id: 'unsendable-tags',
    source: 'fault IN-06, EVT-12',
    official: 'A BigInt or a circle among the tags, or a value too large for the service, costs the whole batch.',
    ours: 'The tag is left out and counted; the event stays.',
    handling: 'avoided',
  },
] as const satisfies readonly Deviation[];

/** Name of a row. */
export type DeviationId = (typeof DEVIATIONS)[number]['id'];
