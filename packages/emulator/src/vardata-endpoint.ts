/**
 * Amplitude's remote evaluation: `GET` and `POST /sdk/v2/vardata` return a map of variants; `/sdk/vardata`, the older
 * form, omits default and undeployed variants.
 */
import type { FaultSwitches } from './faults.ts';
import { isRecord } from './json-body.ts';
import type { NodeApp, NodeContext } from './node-context.ts';
import { createRequestLog, type RequestLog } from './request-log.ts';

/** A variant on the wire. */
export interface WireVariant {
  readonly key: string;
  readonly value?: unknown;
  readonly payload?: unknown;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** The user and the flags of a request. */
export interface VardataRequest {
  /** The user as sent, with the wire's names. */
  readonly user: Readonly<Record<string, unknown>>;
  readonly deploymentKey: string;
  /** `undefined`: every flag. */
  readonly flagKeys: readonly string[] | undefined;
  /** `X-Amp-Exp-Track` and `X-Amp-Exp-Exposure-Track` as sent. */
  readonly track: string | undefined;
  readonly exposureTrack: string | undefined;
}

/** Returns variants by flag key. The endpoint omits flags that were not requested. */
export type DecideVardata = (
  request: VardataRequest,
) => Readonly<Record<string, WireVariant>> | Promise<Readonly<Record<string, WireVariant>>>;

/** The endpoint's controls. */
export interface VardataEndpoint {
  readonly requests: RequestLog;
  /** Replaces the decide function. */
  setDecide(decide: DecideVardata): void;
}

/** Settings of the endpoint. */
export interface VardataOptions {
  readonly decide?: DecideVardata;
  /** Keys that are accepted; every non-empty one by default. */
  readonly deploymentKeys?: readonly string[];
}

/** Adds the endpoint's routes to `app`. */
export function createVardataEndpoint(
  app: NodeApp,
  faults: FaultSwitches,
  { decide = () => ({}), deploymentKeys }: VardataOptions = {},
): VardataEndpoint {
  const requests = createRequestLog();
  let current = decide;

  for (const path of ['/sdk/v2/vardata', '/sdk/vardata']) {
    app.use(path, faults.middleware('vardata'));
    app.on(['GET', 'POST'], path, async (context) => {
      const body = context.req.method === 'POST' ? await context.req.text() : '';
      requests.record(context.req.raw, body);
      const deploymentKey = /^Api-Key (\S+)$/.exec(context.req.header('authorization') ?? '')?.[1];
      if (deploymentKey === undefined || !(deploymentKeys?.includes(deploymentKey) ?? true)) {
        return context.text('a valid deployment key is required', 401);
      }
      const user = readUser(context, body);
      if (user === undefined) return context.text('the user must be a JSON object', 400);
      const flagKeys = readFlagKeys(context);
      if (flagKeys === null) return context.text('the flag keys must be a JSON array of strings', 400);
      const variants = await current({
        user,
        deploymentKey,
        flagKeys,
        track: context.req.header('x-amp-exp-track'),
        exposureTrack: context.req.header('x-amp-exp-exposure-track'),
      });
      const legacy = path === '/sdk/vardata';
      const entries = Object.entries(variants).filter(
        ([flagKey, variant]) => (flagKeys?.includes(flagKey) ?? true) && !(legacy && isLeftOut(variant)),
      );
      return context.json(Object.fromEntries(entries));
    });
  }

  return {
    requests,
    setDecide(decide) {
      current = decide;
    },
  };
}

function readUser(context: NodeContext, body: string): Record<string, unknown> | undefined {
  const header = context.req.header('x-amp-exp-user');
  const user = parseJson(header === undefined ? body : fromBase64(header));
  return isRecord(user) ? user : undefined;
}

/** `undefined` when none are named, `null` when the header cannot be read. */
function readFlagKeys(context: NodeContext): readonly string[] | undefined | null {
  const header = context.req.header('x-amp-exp-flag-keys');
  if (header === undefined) {
    const query = context.req.query('flag_keys') ?? context.req.query('flag_key');
    return query?.split(',');
  }
  const keys = parseJson(fromBase64(header));
  if (!Array.isArray(keys) || !keys.every((key): key is string => typeof key === 'string')) return null;
  // An empty list is what clients send for "all".
  return keys.length === 0 ? undefined : keys;
}

/** Node reads both alphabets, padded or not. */
function fromBase64(text: string): string {
  return Buffer.from(text, 'base64').toString('utf8');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // the caller responds with 400
  }
}

function isLeftOut({ metadata }: WireVariant): boolean {
  return metadata?.default === true || metadata?.deployed === false;
}
