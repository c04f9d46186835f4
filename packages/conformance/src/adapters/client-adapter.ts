/**
 * Runs every area with a client that has the methods of the official SDK. Results without a method (a bucket, a
 * verdict) are derived from decisions on small datafiles.
 */
import type {
  Area,
  BucketingInput,
  ClientInput,
  ConditionsInput,
  DecisionsInput,
  EventsInput,
  Inputs,
  NoOutput,
  Outputs,
  RequestOutput,
  RowsAnswer,
  RowsRequest,
  SegmentsInput,
  UserInput,
  VariablesInput,
  VersionsInput,
} from '../protocol.ts';
import { conditionsDatafile, experimentDatafile, variableDatafile, versionsDatafile } from './small-datafiles.ts';

/** What a client is made of. */
export interface ClientOptions {
  readonly datafile: object;
  readonly client: ClientInput;
  /** The profile store: its lookup and its save. */
  readonly profiles: { lookup(userId: string): unknown; save(profile: unknown): void };
  /** Takes requests of events. */
  readonly onEvent: (request: RequestOutput) => void;
  /** Responds to requests for segments. When set, the client has a data platform. */
  readonly answerSegments?: (request: RequestOutput) => { readonly status: number; readonly body: string };
}

/** A client to ask. */
export interface TriedClient {
  createUserContext(userId: string, attributes?: object): TriedUser;
  /** Resolves when every event was sent. */
  close(): Promise<unknown>;
}

/** A user context to ask. */
export interface TriedUser {
  qualifiedSegments: string[] | null;
  setForcedDecision(target: { flagKey: string }, forced: { variationKey: string }): unknown;
  decide(key: string, options: readonly string[]): TriedDecision;
  decideForKeys(keys: readonly string[], options: readonly string[]): Record<string, TriedDecision>;
  decideAll(options: readonly string[]): Record<string, TriedDecision>;
  trackEvent(eventKey: string, tags: object): void;
  fetchQualifiedSegments(): Promise<unknown>;
}

/** A decision to read. */
export interface TriedDecision {
  readonly variationKey: string | null;
  readonly enabled: boolean;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly ruleKey: string | null;
  readonly flagKey: string;
  readonly reasons: readonly string[];
}

/** Returns the outputs for the rows of a request, with clients from `create`. */
export async function answerRows(
  create: (options: ClientOptions) => TriedClient | Promise<TriedClient>,
  { area, datafile, client = {}, inputs }: RowsRequest,
): Promise<RowsAnswer> {
  const answer = ANSWERS[area] as (asked: Asked<Area>) => Promise<Outputs[Area]>;
  const outputs: (Outputs[Area] | NoOutput)[] = [];
  const shared: Shared = {};
  for (const input of inputs) {
    try {
      outputs.push(await answer({ create, datafile: datafile ?? {}, client, input, shared }));
    } catch (error) {
      outputs.push({ error: error instanceof Error ? error.message : String(error) });
    }
  }
  await shared.close?.();
  return { outputs };
}

interface Asked<A extends Area> {
  readonly create: (options: ClientOptions) => TriedClient | Promise<TriedClient>;
  readonly datafile: object;
  readonly client: ClientInput;
  readonly input: Inputs[A];
  readonly shared: Shared;
}

/** One client for all rows of a request whose rows leave nothing behind. */
interface Shared {
  client?: TriedClient;
  profile?: DecisionsInput['profile'];
  saved?: unknown;
  close?: () => Promise<unknown>;
}

const ANSWERS: { readonly [A in Area]: (asked: Asked<A>) => Promise<Outputs[A]> } = {
  bucketing: answerBucketing,
  conditions: answerConditions,
  versions: answerVersions,
  variables: answerVariables,
  decisions: answerDecisions,
  events: answerEvents,
  segments: answerSegments,
};

const NO_PROFILES = { lookup: () => null, save: () => undefined };

async function onSmallDatafile<T>(
  create: Asked<Area>['create'],
  datafile: object,
  task: (client: TriedClient) => T,
): Promise<T> {
  const client = await create({ datafile, client: {}, profiles: NO_PROFILES, onEvent: () => undefined });
  try {
    return task(client);
  } finally {
    await client.close();
  }
}

const QUIET = ['INCLUDE_REASONS', 'DISABLE_DECISION_EVENT'];

function answerBucketing({ create, input }: Asked<'bucketing'>): Promise<Outputs['bucketing']> {
  const { bucketingId, parentId }: BucketingInput = input;
  return onSmallDatafile(create, experimentDatafile(parentId), (client) => {
    const { reasons } = client.createUserContext(bucketingId).decide('flag', QUIET);
    const text = reasons.find((reason) => reason.startsWith('Assigned bucket ')) ?? '';
    const bucket = Number(/^Assigned bucket (\d+) /.exec(text)?.[1] ?? Number.NaN);
    if (Number.isNaN(bucket)) throw new Error(`No bucket is in the reasons: ${reasons.join(' ')}`);
    return { bucket };
  });
}

function answerConditions({ create, input }: Asked<'conditions'>): Promise<Outputs['conditions']> {
  const { conditions, attributes, segments }: ConditionsInput = input;
  return onSmallDatafile(create, conditionsDatafile(conditions), (client) => {
    const user = client.createUserContext('user', attributes);
    user.qualifiedSegments = segments === null ? null : [...segments];
    const passes = (key: string) => user.decide(key, QUIET).variationKey !== null;
    return { verdict: passes('holds') ? true : passes('does-not-hold') ? false : null };
  });
}

function answerVersions({ create, input }: Asked<'versions'>): Promise<Outputs['versions']> {
  const { condition, user: version }: VersionsInput = input;
  return onSmallDatafile(create, versionsDatafile(condition), (client) => {
    const user = client.createUserContext('user', { version });
    const passes = (key: string) => user.decide(key, QUIET).variationKey !== null;
    const order = passes('semver_lt') ? -1 : passes('semver_eq') ? 0 : passes('semver_gt') ? 1 : null;
    return { order };
  });
}

function answerVariables({ create, input }: Asked<'variables'>): Promise<Outputs['variables']> {
  const { type, text }: VariablesInput = input;
  return onSmallDatafile(create, variableDatafile(type, text), (client) => ({
    value: toJson(client.createUserContext('user').decide('flag', QUIET).variables.variable ?? null),
  }));
}

async function answerDecisions(asked: Asked<'decisions'>): Promise<Outputs['decisions']> {
  const { create, datafile, client, input, shared }: Asked<'decisions'> & { input: DecisionsInput } = asked;
  if (shared.client === undefined) {
    const profiles = {
      lookup: (userId: string) =>
        shared.profile ? { user_id: userId, experiment_bucket_map: structuredClone(shared.profile) } : null,
      save: (profile: unknown) => {
        shared.saved = structuredClone(profile);
      },
    };
    const made = await create({ datafile, client, profiles, onEvent: () => undefined });
    shared.client = made;
    shared.close = () => made.close();
  }
  shared.profile = input.profile;
  shared.saved = null;
  const decisions = decide(prepareUser(shared.client, input), input);
  return {
    decisions: Object.fromEntries(Object.entries(decisions).map(([key, decision]) => [key, readDecision(decision)])),
    saved: toJson(shared.saved),
  };
}

async function answerEvents({ create, datafile, client, input }: Asked<'events'>): Promise<Outputs['events']> {
  const { conversion }: EventsInput = input;
  const requests: RequestOutput[] = [];
  const made = await create({ datafile, client, profiles: NO_PROFILES, onEvent: (request) => requests.push(request) });
  const user = prepareUser(made, input);
  decide(user, input);
  if (conversion !== null) user.trackEvent(conversion.eventKey, structuredClone(conversion.tags));
  await made.close();
  return { requests };
}

async function answerSegments({ create, datafile, client, input }: Asked<'segments'>): Promise<Outputs['segments']> {
  const { userId, answer }: SegmentsInput = input;
  const requests: RequestOutput[] = [];
  const made = await create({
    datafile,
    client,
    profiles: NO_PROFILES,
    onEvent: () => undefined,
    answerSegments: (request) => {
      requests.push(request);
      return answer;
    },
  });
  const user = made.createUserContext(userId);
  await user.fetchQualifiedSegments();
  const segments = user.qualifiedSegments === null ? null : [...user.qualifiedSegments];
  await made.close();
  return { requests, segments };
}

function prepareUser(client: TriedClient, { userId, attributes, segments, forced }: UserInput): TriedUser {
  const user = client.createUserContext(userId, attributes);
  user.qualifiedSegments = segments === null ? null : [...segments];
  for (const { variationKey, ...target } of forced) user.setForcedDecision(target, { variationKey });
  return user;
}

function decide(
  user: TriedUser,
  { keys, options }: Pick<DecisionsInput, 'keys' | 'options'>,
): Record<string, TriedDecision> {
  if (keys === null) return user.decideAll([...options]);
  const [only] = keys;
  if (keys.length === 1 && only !== undefined) return { [only]: user.decide(only, [...options]) };
  return user.decideForKeys([...keys], [...options]);
}

function readDecision({ variationKey, enabled, variables, ruleKey, flagKey, reasons }: TriedDecision) {
  return {
    variationKey,
    enabled,
    variables: toJson(variables) as object as Record<string, unknown>,
    ruleKey,
    flagKey,
    reasons,
  };
}

function toJson(value: unknown): unknown {
  return value === undefined ? null : JSON.parse(JSON.stringify(value));
}
