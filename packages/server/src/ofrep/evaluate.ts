/** Single and bulk evaluation over OFREP 0.3. */
import { parseAddress, type Resolution, readContext, resolve } from '@sortition/openfeature/mapping';
import type { Client, DecideOption, UserContext } from 'sortition';
import type { JsonObject } from '../guards/json-body.ts';
import { jsonText } from '../json-text.ts';

/** What a flag is answered with. */
export interface FlagAnswer {
  readonly key: string;
  readonly value?: unknown;
  readonly reason?: string;
  readonly variant?: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly errorCode?: string;
  readonly errorDetails?: string;
}

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
  const address = parseAddress(key);
  if (hasSegments(client)) await user.load({ profile: false });
  const decision = await user.decideAsync(address.flagKey, AT_ONCE);
  const answer = toAnswer(key, resolve(decision, question(address)));
  return { status: statusOf(answer), text: textOf(answer) };
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
    for (const key of [flagKey, ...names.map((name) => `${flagKey}.${name}`)]) {
      const answer = toAnswer(key, resolve(decision, question(parseAddress(key))));
      // A flag that serves no variation has no address for one.
      if (answer.errorCode === undefined || key === flagKey) flags.push(textOf(answer));
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

function question(address: ReturnType<typeof parseAddress>): Parameters<typeof resolve>[1] {
  return { address, type: 'any', defaultValue: undefined, isStrict: false, hint: () => undefined };
}

function toAnswer(
  key: string,
  { value, reason, variant, errorCode, errorMessage, flagMetadata }: Resolution,
): FlagAnswer {
  if (errorCode !== undefined) return { key, errorCode, errorDetails: errorMessage ?? '' };
  return {
    key,
    value,
    // The protocol has no word for "no rule served".
    reason: reason === 'DEFAULT' ? 'UNKNOWN' : reason,
    ...(variant !== undefined && { variant }),
    metadata: flagMetadata,
  };
}

function textOf(answer: FlagAnswer): string {
  const { key, value, reason, variant, metadata, errorCode } = answer;
  if (errorCode !== undefined) return JSON.stringify(answer);
  const others = JSON.stringify({ key, reason, variant, metadata });
  return `{"value":${jsonText(value)},${others.slice(1)}`;
}

function statusOf({ errorCode }: FlagAnswer): 200 | 400 | 404 | 500 {
  if (errorCode === undefined) return 200;
  if (errorCode === 'FLAG_NOT_FOUND') return 404;
  return errorCode === 'PROVIDER_NOT_READY' ? 500 : 400;
}
