/** Single and bulk evaluation over OFREP 0.3. */
import { parseAddress, type Resolution, readContext, resolve } from '@sortition/openfeature/mapping';
import {
  type Client,
  type DecideOption,
  type Decision,
  decideAtOnce,
  decideEachAtOnce,
  type UserContext,
} from 'sortition';
import type { JsonObject } from '../guards/json-body.ts';
import { jsonText } from '../json-text.ts';
import { createKeptAnswers } from '../kept-answers.ts';
import { type MeasuredText, measureText } from '../measured-text.ts';

/** A result as JSON text, and its status. */
export interface EvaluationAnswer {
  readonly status: 200 | 400 | 404 | 500;
  readonly text: string;
}

/** The results for every flag. */
export interface BulkEvaluation {
  readonly status: 200;
  readonly flags: readonly MeasuredText[];
}

const AT_ONCE: readonly DecideOption[] = [];
const HELD_BACK: readonly DecideOption[] = ['DISABLE_DECISION_EVENT'];

/** Evaluates one flag or address. */
export function evaluateFlag(
  client: Client,
  key: string,
  body: JsonObject,
): EvaluationAnswer | Promise<EvaluationAnswer> {
  const user = readUser(client, body);
  if ('errorCode' in user) return { status: 400, text: JSON.stringify({ key, ...user }) };
  const { flagKey } = parseAddress(key);
  const decision = hasSegments(client) ? null : decideAtOnce(user, flagKey, AT_ONCE);
  return decision === null ? evaluateLater(client, user, flagKey, key) : answerOf(client, decision, key);
}

async function evaluateLater(
  client: Client,
  user: UserContext,
  flagKey: string,
  key: string,
): Promise<EvaluationAnswer> {
  if (hasSegments(client)) await user.load({ profile: false });
  return answerOf(client, await user.decideAsync(flagKey, AT_ONCE), key);
}

/** Options of bulk evaluations. */
export interface BulkOptions {
  /** `all` lists the addresses of single variables too. */
  readonly scope: 'flags' | 'all';
  /** Whether this sends impressions. */
  readonly impressions: boolean;
}

/** Evaluates every flag. */
export function evaluateFlags(
  client: Client,
  body: JsonObject,
  { scope, impressions }: BulkOptions,
): BulkEvaluation | EvaluationAnswer | Promise<BulkEvaluation> {
  const user = readUser(client, body);
  if ('errorCode' in user) return { status: 400, text: JSON.stringify(user) };
  if (!client.isReady) return { status: 500, text: '{"errorDetails":"There is no datafile yet."}' };
  const options = impressions ? AT_ONCE : HELD_BACK;
  const decisions = hasSegments(client) ? null : decideEachAtOnce(user, null, options);
  return decisions === null ? evaluateAllLater(client, user, options, scope) : answerAll(client, decisions, scope);
}

async function evaluateAllLater(
  client: Client,
  user: UserContext,
  options: readonly DecideOption[],
  scope: BulkOptions['scope'],
): Promise<BulkEvaluation> {
  if (hasSegments(client)) await user.load({ profile: false });
  const decisions = Object.values(await user.decideAllAsync(options));
  return answerAll(
    client,
    decisions.filter((decision) => decision !== undefined),
    scope,
  );
}

function answerAll(client: Client, decisions: readonly Decision[], scope: BulkOptions['scope']): BulkEvaluation {
  const flags: MeasuredText[] = [];
  for (const decision of decisions) {
    const { flagKey, variables } = decision;
    flags.push(answers(client, decision, flagKey) ?? measureText(failureOf(decision, flagKey).text));
    if (scope === 'flags') continue;
    for (const name of ['$enabled', '$variation', '$variables', ...Object.keys(variables)]) {
      const answer = answers(client, decision, `${flagKey}.${name}`);
      // A flag without a variation has no variation address.
      if (answer !== null) flags.push(answer);
    }
  }
  return { status: 200, flags };
}

type Refusal = { readonly errorCode: string; readonly errorDetails: string };

function readUser(client: Client, { context }: JsonObject): UserContext | Refusal {
  if (typeof context !== 'object' || context === null || Array.isArray(context)) {
    return {
      errorCode: 'INVALID_CONTEXT',
      errorDetails: '"context" is not an object; expected { "targetingKey": "…" }.',
    };
  }
  const { userId, attributes } = readContext(context as JsonObject);
  if (userId === undefined) {
    return { errorCode: 'TARGETING_KEY_MISSING', errorDetails: '"context.targetingKey" is not a text with a user id.' };
  }
  return client.createUserContext(userId, attributes);
}

const segments = new WeakMap<Client, boolean>();

/** Returns whether the client has a platform; that never changes. */
function hasSegments(client: Client): boolean {
  let known = segments.get(client);
  if (known === undefined) {
    known = client.stats().odp !== null;
    segments.set(client, known);
  }
  return known;
}

/** Results of addresses with a value. */
const answers = /* @__PURE__ */ createKeptAnswers<MeasuredText>((_client, decision, key) => {
  const { value, reason, variant, errorCode, flagMetadata: metadata } = resolveAddress(decision, key);
  if (errorCode !== undefined) return null;
  // The protocol has no reason for "no rule serves the user".
  const others = { key, reason: reason === 'DEFAULT' ? 'UNKNOWN' : reason, variant, metadata };
  return measureText(`{"value":${jsonText(value)},${JSON.stringify(others).slice(1)}`);
});

/** Returns the result of one address from the decision of its flag. */
function answerOf(client: Client, decision: Decision, key: string): EvaluationAnswer {
  const answer = answers(client, decision, key);
  return answer === null ? failureOf(decision, key) : { status: 200, text: answer.text };
}

/** Returns the result for an address without a value. */
function failureOf(decision: Decision, key: string): EvaluationAnswer {
  const { errorCode = 'GENERAL', errorMessage = '' } = resolveAddress(decision, key);
  return { status: statusOf(errorCode), text: JSON.stringify({ key, errorCode, errorDetails: errorMessage }) };
}

function resolveAddress(decision: Decision, key: string): Resolution {
  const address = parseAddress(key);
  return resolve(decision, { address, type: 'any', defaultValue: undefined, isStrict: false, hint: () => undefined });
}

function statusOf(errorCode: string): 400 | 404 | 500 {
  if (errorCode === 'FLAG_NOT_FOUND') return 404;
  return errorCode === 'PROVIDER_NOT_READY' ? 500 : 400;
}
