/**
 * Runs the same decisions and conversions through both sides and compares what would go over the wire, event by event and
 * field by field (the URL, the envelope and the event's own part), and what listeners of tracked events are told.
 */
import { type Attributes, type CmabSource, createBatchEvents, createClient, createStaticConfig } from 'sortition';
import { type Difference, findDifferences } from './difference.ts';
import type { Call } from './generate-calls.ts';
import { generateTracked, type Tracked } from './generate-tags.ts';
import { createOfficialClient, sdk } from './official-client.ts';
import { createRandom, scenarioSeed } from './random.ts';
import { generateScenario, type Scenario } from './scenario.ts';

/** An event as it is sent, in its envelope. */
interface SentEvent {
  readonly url: string;
  readonly method: unknown;
  readonly envelope: Record<string, unknown>;
  readonly visitor: WireVisitor;
}

/** What one side sent, and told about tracked events. */
interface Side {
  readonly sent: SentEvent[];
  readonly told: unknown[];
}

/** What was compared. */
export interface PayloadComparison {
  events: number;
  conversions: number;
  scenarios: number;
  /** Impressions by what decided, such as `rollout`, or `bandit`. */
  readonly sources: Map<string, number>;
  readonly mismatches: PayloadMismatch[];
}

/** A scenario whose payloads differ. */
export interface PayloadMismatch {
  readonly seed: number;
  readonly differences: readonly Difference[];
}

/** The comparison of nothing yet. */
export function createPayloadComparison(): PayloadComparison {
  return { events: 0, conversions: 0, scenarios: 0, sources: new Map(), mismatches: [] };
}

/** Compares scenario after scenario until that many events were compared. */
export async function comparePayloads(runSeed: number, events: number): Promise<PayloadComparison> {
  const total = createPayloadComparison();
  for (let index = 0; total.events < events; index += 1) await comparePayloadsOf(scenarioSeed(runSeed, index), total);
  return total;
}

/** Compares the payloads of one scenario. */
export async function comparePayloadsOf(seed: number, total: PayloadComparison): Promise<void> {
  const scenario = generateScenario(seed);
  const random = createRandom(seed ^ 0x5eed);
  const tracked = scenario.calls.map(() => (random.chance(0.7) ? generateTracked(random) : null));
  const official = await sendOfficially(scenario, tracked);
  const ours = await sendOurs(scenario, tracked, random.between(1, 20));
  const differences = findDifferences(official, ours);
  total.scenarios += 1;
  total.events += official.sent.length;
  for (const { visitor } of official.sent) {
    const [decision] = visitor.snapshots.flatMap(({ decisions = [] }) => decisions);
    if (decision === undefined) total.conversions += 1;
    else countSource(total.sources, decision.metadata);
  }
  if (differences.length > 0) total.mismatches.push({ seed, differences });
}

function countSource(sources: PayloadComparison['sources'], { rule_type, cmab_uuid }: WireMetadata): void {
  const source = cmab_uuid === undefined ? rule_type : 'bandit';
  sources.set(source, (sources.get(source) ?? 0) + 1);
}

type Tracks = readonly (Tracked | null)[];

async function sendOfficially({ datafile, calls }: Scenario, tracks: Tracks): Promise<Side> {
  const sent: SentEvent[] = [];
  const told: unknown[] = [];
  let call: Call | undefined;
  const client = createOfficialClient(datafile, {
    eventProcessor: sdk.createForwardingEventProcessor({
      dispatchEvent: ({ url, httpVerb, params }) => {
        sent.push(...readRequest(url, httpVerb, JSON.stringify(params), 'official'));
        return Promise.resolve({ statusCode: 200 });
      },
    }),
    requestHandler: {
      makeRequest: (url) => {
        const variationId = call?.predictions?.[url.slice(url.lastIndexOf('/') + 1)];
        const predictions = variationId === undefined ? [] : [{ variation_id: variationId }];
        const answer = { statusCode: 200, headers: {}, body: JSON.stringify({ predictions }) };
        return { abort: () => undefined, responsePromise: Promise.resolve(answer) };
      },
    },
  });
  client.notificationCenter.addNotificationListener(sdk.NOTIFICATION_TYPES.TRACK, (event) => {
    told.push(readTrack(event, 'official'));
  });
  for (const [index, each] of calls.entries()) {
    call = each;
    const user = client.createUserContext(each.userId, each.attributes as never);
    prepare(user, each);
    await decide(user as never, each);
    const track = tracks[index];
    if (track) user.trackEvent(track.eventKey, track.tags() as never);
  }
  return { sent, told };
}

async function sendOurs({ datafile, calls }: Scenario, tracks: Tracks, batchSize: number): Promise<Side> {
  const sent: SentEvent[] = [];
  const told: unknown[] = [];
  let call: Call | undefined;
  const cmab: CmabSource = {
    async predict({ ruleId }) {
      const variationId = call?.predictions?.[ruleId];
      if (variationId === undefined) throw new Error('no prediction');
      return { variationId, cmabUuid: 'ours' };
    },
  };
  const events = createBatchEvents({
    batchSize,
    fetch: async (url, init) => {
      sent.push(...readRequest(String(url), init?.method, String(init?.body), 'ours'));
      return new Response(null, { status: 204 });
    },
  });
  const config = createStaticConfig({ datafile: JSON.stringify(datafile) });
  const client = createClient({ config, events, cmab, logger: false });
  client.on('track', (event) => told.push(readTrack(event, 'ours')));
  for (const [index, each] of calls.entries()) {
    call = each;
    const user = client.createUserContext(each.userId, each.attributes as Attributes | undefined);
    prepare(user as never, each);
    await decide(user as never, each);
    const track = tracks[index];
    if (track) user.trackEvent(track.eventKey, track.tags() as never);
  }
  await client.close();
  return { sent, told };
}

/** What the two user contexts have in common. */
interface Decides {
  decide(key: string, options: readonly string[]): unknown;
  decideForKeys(keys: readonly string[], options: readonly string[]): unknown;
  decideAll(options: readonly string[]): unknown;
  decideAsync(key: string, options: readonly string[]): Promise<unknown>;
  decideForKeysAsync(keys: readonly string[], options: readonly string[]): Promise<unknown>;
  decideAllAsync(options: readonly string[]): Promise<unknown>;
}

async function decide(user: Decides, { kind, keys, options, predictions }: Call): Promise<unknown> {
  const [key = ''] = keys;
  if (predictions === undefined) {
    if (kind === 'decide') return user.decide(key, options);
    return kind === 'decideAll' ? user.decideAll(options) : user.decideForKeys([...keys], options);
  }
  // The official SDK remembers predictions, and the script may answer another one to the next call.
  const afresh = [...options, 'IGNORE_CMAB_CACHE'];
  if (kind === 'decide') return user.decideAsync(key, afresh);
  return kind === 'decideAll' ? user.decideAllAsync(afresh) : user.decideForKeysAsync([...keys], afresh);
}

function prepare(
  user: {
    qualifiedSegments: string[] | null;
    setForcedDecision(target: { flagKey: string }, forced: { variationKey: string }): boolean;
  },
  { segments, forced }: Call,
): void {
  user.qualifiedSegments = segments === null ? null : [...segments];
  for (const { variationKey, ...target } of forced) {
    user.setForcedDecision(target as { flagKey: string }, { variationKey });
  }
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Reads the events of a request; ids and times are checked and then taken out of the way, and so are the known deviations. */
function readRequest(url: string, method: unknown, body: string, side: 'official' | 'ours'): SentEvent[] {
  const text = side === 'official' ? JSON.stringify(makeWellFormed(JSON.parse(body))) : body;
  const { visitors, client_name, client_version, ...envelope } = JSON.parse(text);
  return visitors.map((visitor: WireVisitor) => {
    for (const { decisions, events } of visitor.snapshots) {
      for (const { metadata } of decisions ?? []) if (metadata.cmab_uuid !== undefined) metadata.cmab_uuid = 'made';
      for (const event of events) {
        event.uuid = UUID.test(event.uuid) ? 'a uuid' : event.uuid;
        event.timestamp = isRecent(event.timestamp) ? 'now' : event.timestamp;
        // D23
        if (side === 'official' && event.value !== undefined && typeof event.value !== 'number') delete event.value;
      }
    }
    return { url, method, envelope, visitor };
  });
}

function isRecent(timestamp: unknown): boolean {
  return Number.isInteger(timestamp) && Math.abs(Date.now() - (timestamp as number)) < 600_000;
}

interface WireMetadata {
  readonly rule_type: string;
  cmab_uuid?: string;
}

interface WireVisitor {
  readonly snapshots: readonly {
    readonly decisions?: readonly { readonly metadata: WireMetadata }[];
    readonly events: readonly { uuid: string; timestamp: number | string; value?: unknown }[];
  }[];
}

/** The deviation `lone-surrogates`. */
function makeWellFormed(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll(/\p{Surrogate}/gu, '\ufffd');
  if (Array.isArray(value)) return value.map(makeWellFormed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [makeWellFormed(key), makeWellFormed(each)]));
}

/** What is told about a tracked event, by value. */
interface Told {
  readonly eventTags?: unknown;
  readonly attributes?: unknown;
  readonly logEvent: { readonly url: string; readonly httpVerb: string; readonly params: object } | null;
}

function readTrack(told: Told, side: 'official' | 'ours'): unknown {
  // Lone surrogates are replaced only when a request is written.
  const { logEvent, attributes, eventTags, ...rest } = makeWellFormed(JSON.parse(JSON.stringify(told))) as Told;
  const { $opt_experiment_bucket_map: _, ...shown } = (attributes ?? {}) as Record<string, unknown>;
  const request = logEvent && readRequest(logEvent.url, logEvent.httpVerb, JSON.stringify(logEvent.params), side);
  // Values that are not tags count as no tags: the official SDK passes `null` and `''` on as they came.
  return { ...rest, attributes: shown, eventTags: eventTags || undefined, request };
}
