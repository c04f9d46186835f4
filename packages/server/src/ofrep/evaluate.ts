/** Single and bulk evaluation over OFREP 0.3. */
import { parseAddress, readContext, resolve } from '@sortition/openfeature/mapping';
import type { Client, DecideOption, Decision, UserContext } from 'sortition';
import type { JsonObject } from '../guards/json-body.ts';
import { jsonText } from '../json-text.ts';
import { createKeptTexts } from '../kept-texts.ts';

/** An answer as JSON text, and its status. */
export interface EvaluationAnswer {
  readonly status: 200 | 400 | 404 | 500;
  readonly text: string;
}

const AT_ONCE: readonly DecideOption[] = [];
const HELD_BACK: readonly DecideOption[] = ['DISABLE_DECISION_EVENT'];

/** Evaluates one flag or address. */
export async function evaluateFlag(client: Client, key: string, body: JsonObject): Promise<EvaluationAnswer> {
  const user = readUser(client, body);
  if ('errorCode' in user) return { status: 400, text: JSON.stringify({ key, ...user }) };
  if (hasSegments(client)) await user.load({ profile: false });
  return answerOf(client, await user.decideAsync(parseAddress(key).flagKey, AT_ONCE), key);
}

/**
 * Evaluates every flag; the text of a 200 is the list of their answers.
 *
 * @param scope `all` lists the addresses of single variables too.
 * @param impressions Whether this counts as shown.
 */
export async function evaluateFlags(
  client: Client,
  body: JsonObject,
  { scope, impressions }: { scope: 'flags' | 'all'; impressions: boolean },
): Promise<EvaluationAnswer> {
  const user = readUser(client, body);
  if ('errorCode' in user) return { status: 400, text: JSON.stringify(user) };
  if (!client.isReady) return { status: 500, text: '{"errorDetails":"There is no datafile yet."}' };
  if (hasSegments(client)) await user.load({ profile: false });
  const decisions = await user.decideAllAsync(impressions ? AT_ONCE : HELD_BACK);
  const flags: string[] = [];
  for (const [flagKey, decision] of Object.entries(decisions)) {
    if (decision === undefined) continue;
    const names = scope === 'all' ? ['$enabled', '$variation', '$variables', ...Object.keys(decision.variables)] : [];
    flags.push(answerOf(client, decision, flagKey).text);
    for (const name of names) {
      const { status, text } = answerOf(client, decision, `${flagKey}.${name}`);
      // A flag that serves no variation has no address for one.
      if (status === 200) flags.push(text);
    }
  }
  return { status: 200, text: `[${flags.join(',')}]` };
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
  if (userId === undefined || userId === 'undefined') {
    return { errorCode: 'TARGETING_KEY_MISSING', errorDetails: '"context.targetingKey" is not a text with a user id.' };
  }
  return client.createUserContext(userId, attributes);
}

const segments = new WeakMap<Client, boolean>();

/** Whether there is a platform to ask; a client never changes that. */
function hasSegments(client: Client): boolean {
  let known = segments.get(client);
  if (known === undefined) {
    known = client.stats().odp !== null;
    segments.set(client, known);
  }
  return known;
}

const answers = /* @__PURE__ */ createKeptTexts();

/** Answers one address from the decision of its flag. */
function answerOf(client: Client, decision: Decision, key: string): EvaluationAnswer {
  let failure: EvaluationAnswer | undefined;
  const text = answers.textOf(client, decision, key, () => {
    const address = parseAddress(key);
    const question = { address, type: 'any', defaultValue: undefined, isStrict: false, hint: () => undefined } as const;
    const { value, reason, variant, errorCode, errorMessage, flagMetadata: metadata } = resolve(decision, question);
    if (errorCode !== undefined) {
      const body = { key, errorCode, errorDetails: errorMessage ?? '' };
      failure = { status: statusOf(errorCode), text: JSON.stringify(body) };
      return null;
    }
    // The protocol has no word for "no rule served".
    const others = { key, reason: reason === 'DEFAULT' ? 'UNKNOWN' : reason, variant, metadata };
    return `{"value":${jsonText(value)},${JSON.stringify(others).slice(1)}`;
  });
  return failure ?? { status: 200, text: text as string };
}

function statusOf(errorCode: string): 400 | 404 | 500 {
  if (errorCode === 'FLAG_NOT_FOUND') return 404;
  return errorCode === 'PROVIDER_NOT_READY' ? 500 : 400;
}
