/**
 * The requests to an implementation and its responses, all in JSON. The vectors contain inputs and expected outputs in
 * these shapes, and an adapter transports them over HTTP.
 */

/** The version of this protocol, which adapters return. */
export const PROTOCOL = 1;

/** The areas of the vectors, in the order in which a new implementation makes progress. */
export const AREAS = ['bucketing', 'conditions', 'versions', 'variables', 'decisions', 'events', 'segments'] as const;

/** One area of the vectors. */
export type Area = (typeof AREAS)[number];

/** Attributes of a user: any JSON values by key. */
export type AttributesInput = Readonly<Record<string, unknown>>;

/** Area `bucketing`: the bucket of an id below a parent (an experiment's or a group's id), 0 to 9,999. */
export interface BucketingInput {
  readonly bucketingId: string;
  readonly parentId: string;
}

/** Area `conditions`: the conditions of an audience, and a user. `segments` is `null` when they were not fetched. */
export interface ConditionsInput {
  readonly conditions: unknown;
  readonly attributes: AttributesInput;
  readonly segments: readonly string[] | null;
}

/** Area `versions`: the version of a condition and of a user. */
export interface VersionsInput {
  readonly condition: unknown;
  readonly user: unknown;
}

/** Area `variables`: a variable's type and its text in the datafile. */
export interface VariablesInput {
  readonly type: string;
  readonly text: string;
}

/** A forced decision; `ruleKey` is absent or `null` for the flag as a whole. */
export interface ForcedDecisionInput {
  readonly flagKey: string;
  readonly ruleKey?: string | null;
  readonly variationKey: string;
}

/** A user in the areas `decisions` and `events`. */
export interface UserInput {
  readonly userId: string;
  /** Absent: the user was created without attributes. */
  readonly attributes?: AttributesInput;
  /** Qualified segments; `null` when they were not fetched. */
  readonly segments: readonly string[] | null;
  readonly forced: readonly ForcedDecisionInput[];
}

/** Area `decisions`: one call of the decide family. */
export interface DecisionsInput extends UserInput {
  /** Flags to decide; `null`: all. */
  readonly keys: readonly string[] | null;
  readonly options: readonly string[];
  /** The stored profile: experiment id to variation; `null` for no profile. Used only with `client.profiles`. */
  readonly profile: Readonly<Record<string, { readonly variation_id: string }>> | null;
}

/** Area `events`: a call of the decide family, and then a conversion, if any. */
export interface EventsInput extends UserInput {
  readonly keys: readonly string[] | null;
  readonly options: readonly string[];
  readonly conversion: { readonly eventKey: string; readonly tags: Readonly<Record<string, unknown>> } | null;
}

/** Area `segments`: a user whose segments are fetched, and the response of the data platform. */
export interface SegmentsInput {
  readonly userId: string;
  readonly answer: { readonly status: number; readonly body: string };
}

/** The input of every area. */
export interface Inputs {
  bucketing: BucketingInput;
  conditions: ConditionsInput;
  versions: VersionsInput;
  variables: VariablesInput;
  decisions: DecisionsInput;
  events: EventsInput;
  segments: SegmentsInput;
}

/** A decision without its user. */
export interface DecisionOutput {
  readonly variationKey: string | null;
  readonly enabled: boolean;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly ruleKey: string | null;
  readonly flagKey: string;
  readonly reasons: readonly string[];
}

/** A request as it would go over the network; the body is its text. */
export interface RequestOutput {
  readonly url: string;
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The output of every area. */
export interface Outputs {
  bucketing: { readonly bucket: number };
  /** `null`: unknown, which is neither true nor false. */
  conditions: { readonly verdict: boolean | null };
  /** The user's version below (-1), equal to (0) or above (1) the condition's; `null` when they cannot be compared. */
  versions: { readonly order: -1 | 0 | 1 | null };
  /** `null` when the text is not of the type. */
  variables: { readonly value: unknown };
  /** By flag key; `saved` is the profile that was saved, or `null`. */
  decisions: { readonly decisions: Readonly<Record<string, DecisionOutput>>; readonly saved: unknown };
  /** Every request that would carry an event, in order. */
  events: { readonly requests: readonly RequestOutput[] };
  /** The requests for segments, and the segments the user has then; `null` when they could not be fetched. */
  segments: { readonly requests: readonly RequestOutput[]; readonly segments: readonly string[] | null };
}

/** Options for the client of a group. */
export interface ClientInput {
  readonly defaultOptions?: readonly string[];
  /** Whether there is a profile store. */
  readonly profiles?: boolean;
}

/** `POST /rows`: inputs of one area, with the datafile they are about where there is one. */
export interface RowsRequest<A extends Area = Area> {
  readonly area: A;
  readonly datafile?: object;
  readonly client?: ClientInput;
  readonly inputs: readonly Inputs[A][];
}

/** The result for an input for which an adapter has no output. */
export interface NoOutput {
  /** Why the implementation does not support this input. */
  readonly unsupported?: string;
  /** What went wrong. */
  readonly error?: string;
}

/** The response to `POST /rows`: one output for each input, in the same order. */
export interface RowsAnswer {
  readonly outputs: readonly (Outputs[Area] | NoOutput)[];
}

/** The response to `GET /`: the implementation under test. */
export interface ImplementationInfo {
  readonly protocol: number;
  readonly name: string;
  readonly version: string;
  readonly areas: readonly Area[];
}
