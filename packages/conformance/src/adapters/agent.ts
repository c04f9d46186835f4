/**
 * A server that speaks the agent's API, as an implementation. Each request names the SDK key of a datafile, which the
 * server must fetch from this adapter: `http://…/datafiles/<SDK key>.json`.
 */
import { createHash } from 'node:crypto';
import {
  type DecisionOutput,
  type DecisionsInput,
  type NoOutput,
  type Outputs,
  PROTOCOL,
  type RowsRequest,
} from '../protocol.ts';
import type { Implementation } from '../run-conformance.ts';

/** How the server is reached. */
export interface AgentOptions {
  /** The server's address, such as `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Sends requests to the server; the global `fetch` by default. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** Called before the first request about a datafile. Prepares a server that does not select datafiles by SDK key. */
  readonly prepare?: (sdkKey: string, datafile: object) => Promise<void> | void;
}

/** An implementation that also stores the requested datafiles. */
export interface AgentAdapter extends Implementation {
  /** The text of a datafile that a row was about. */
  datafile(sdkKey: string): string | undefined;
}

/** Creates the implementation. */
export function createAgentAdapter({ url, prepare, fetch: ask = fetch }: AgentOptions): AgentAdapter {
  const base = url.replace(/\/+$/, '');
  const datafiles = new Map<string, string>();

  async function keyOf(datafile: object): Promise<string> {
    const text = JSON.stringify(datafile);
    const sdkKey = createHash('sha256').update(text).digest('hex').slice(0, 16);
    if (!datafiles.has(sdkKey)) {
      datafiles.set(sdkKey, text);
      await prepare?.(sdkKey, datafile);
    }
    return sdkKey;
  }

  async function run({ datafile = {}, client, inputs }: RowsRequest) {
    const sdkKey = await keyOf(datafile);
    const outputs: (Outputs['decisions'] | NoOutput)[] = [];
    for (const input of inputs as readonly DecisionsInput[]) {
      const why = whyUnsupported(client?.profiles === true, client?.defaultOptions ?? [], input);
      outputs.push(why === null ? await decide(ask, base, sdkKey, input) : { unsupported: why });
    }
    return { outputs };
  }

  return {
    info: () =>
      Promise.resolve({ protocol: PROTOCOL, name: `agent API at ${base}`, version: 'v1', areas: ['decisions'] }),
    run,
    datafile: (sdkKey) => datafiles.get(sdkKey),
  };
}

function whyUnsupported(
  hasProfiles: boolean,
  defaultOptions: readonly string[],
  { keys, segments, options, attributes, forced }: DecisionsInput,
): string | null {
  if (hasProfiles) return 'profiles are kept by the server';
  if (defaultOptions.length > 0) return 'default options are set by the server';
  if (segments !== null) return 'segments are fetched by the server';
  if (forced.some(({ ruleKey }) => ruleKey === '')) return 'an empty rule key means the flag as a whole';
  if (keys?.length === 0) return 'no keys means all flags';
  if (options.some((option) => !KNOWN_OPTIONS.has(option))) return 'unknown options are refused';
  if (attributes && Object.hasOwn(attributes, '$opt_experiment_bucket_map'))
    return 'assignments are kept by the server';
  return null;
}

const KNOWN_OPTIONS = new Set([
  'DISABLE_DECISION_EVENT',
  'ENABLED_FLAGS_ONLY',
  'IGNORE_USER_PROFILE_SERVICE',
  'INCLUDE_REASONS',
  'EXCLUDE_VARIABLES',
]);

async function decide(
  ask: NonNullable<AgentOptions['fetch']>,
  base: string,
  sdkKey: string,
  { keys, userId, attributes, forced, options }: DecisionsInput,
): Promise<Outputs['decisions'] | NoOutput> {
  if (userId === '') return { unsupported: 'an empty user id is refused' };
  const query = (keys ?? []).map((key) => `keys=${encodeURIComponent(key)}`).join('&');
  const response = await ask(`${base}/v1/decide?${query}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-optimizely-sdk-key': sdkKey },
    body: JSON.stringify({
      userId,
      userAttributes: attributes ?? {},
      decideOptions: options,
      forcedDecisions: forced.map(({ ruleKey, ...rest }) => (ruleKey == null ? rest : { ...rest, ruleKey })),
    }),
    signal: AbortSignal.timeout(30_000),
  });
  const text = await response.text();
  if (!response.ok) return { error: `${response.status} ${text.slice(0, 160)}` };
  const answer = JSON.parse(text) as WireDecision | readonly WireDecision[];
  const decisions = Array.isArray(answer) ? (answer as readonly WireDecision[]) : [answer as WireDecision];
  // What a server keeps cannot be seen from here.
  return { decisions: Object.fromEntries(decisions.map((each) => [each.flagKey, readDecision(each)])), saved: null };
}

/** The agent writes texts that are empty where SDKs say `null`. */
interface WireDecision extends Omit<DecisionOutput, 'variationKey' | 'ruleKey' | 'reasons'> {
  readonly variationKey: string;
  readonly ruleKey: string;
  readonly reasons: readonly string[] | null;
}

function readDecision({ variationKey, enabled, variables, ruleKey, flagKey, reasons }: WireDecision): DecisionOutput {
  return {
    variationKey: variationKey === '' ? null : variationKey,
    enabled,
    variables: variables ?? {},
    ruleKey: ruleKey === '' ? null : ruleKey,
    flagKey,
    reasons: reasons ?? [],
  };
}
