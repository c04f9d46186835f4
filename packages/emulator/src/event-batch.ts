/** The documented shape of a batch of impressions and conversions: its validation, and the events read from it. */
import { isRecord } from './json-body.ts';

/** One impression or conversion as received. */
export interface CollectedEvent {
  readonly uuid: string;
  readonly kind: 'impression' | 'conversion';
  readonly visitorId: string;
  /** Milliseconds since the epoch, by the sender's clock. */
  readonly timestamp: number;
  /** `campaign_activated`, or the conversion's event key. */
  readonly key: string;
  readonly entityId: string | null;
  readonly accountId: string;
  readonly projectId: string;
  readonly revision: string;
  readonly clientName: string;
  readonly clientVersion: string;
  /** Attribute key to value. */
  readonly attributes: ReadonlyMap<string, string | number | boolean>;
  /** Impressions only. */
  readonly decision: CollectedDecision | null;
  readonly revenue: number | null;
  readonly value: number | null;
  readonly tags: Readonly<Record<string, unknown>> | null;
}

/** The decision in an impression. */
export interface CollectedDecision {
  readonly campaignId: string | null;
  readonly experimentId: string;
  readonly variationId: string | null;
  readonly flagKey: string;
  readonly ruleKey: string;
  readonly ruleType: string;
  readonly variationKey: string;
  readonly enabled: boolean;
  readonly cmabUuid: string | null;
}

/** Reads a batch. Returns its events, or sentences with the paths of invalid values. */
export function parseEventBatch(
  body: unknown,
): { events: readonly CollectedEvent[] } | { problems: readonly string[] } {
  const check = createChecker();
  const events: CollectedEvent[] = [];
  const batch = check.record(body, 'body');
  for (const name of ['client_name', 'client_version', 'account_id', 'project_id', 'revision']) {
    check.that(typeof batch[name] === 'string', `body.${name} must be a string`);
  }
  check.that(typeof batch.anonymize_ip === 'boolean', 'body.anonymize_ip must be a boolean');
  check.that(batch.enrich_decisions === true, 'body.enrich_decisions must be true');
  check.each(batch.visitors, 'body.visitors', (visitor, path) => {
    check.that(typeof visitor.visitor_id === 'string', `${path}.visitor_id must be a string`);
    const attributes = readAttributes(check, visitor.attributes, `${path}.attributes`);
    check.each(visitor.snapshots, `${path}.snapshots`, (snapshot, snapshotPath) => {
      const decision = readDecision(check, snapshot.decisions, `${snapshotPath}.decisions`);
      check.each(snapshot.events, `${snapshotPath}.events`, (event, eventPath) => {
        checkEvent(check, event, eventPath);
        events.push(collectEvent(batch, visitor, attributes, decision, event));
      });
    });
  });
  return check.problems.length > 0 ? { problems: check.problems } : { events };
}

function checkEvent(check: Checker, event: Record<string, unknown>, path: string): void {
  const { entity_id: entityId, revenue, value, tags } = event;
  check.that(typeof event.uuid === 'string' && event.uuid !== '', `${path}.uuid must be a non-empty string`);
  check.that(typeof event.key === 'string', `${path}.key must be a string`);
  check.that(entityId === null || typeof entityId === 'string', `${path}.entity_id must be a string or null`);
  check.that(Number.isSafeInteger(event.timestamp), `${path}.timestamp must be an integer of milliseconds`);
  check.that(revenue === undefined || Number.isSafeInteger(revenue), `${path}.revenue must be an integer`);
  check.that(value === undefined || Number.isFinite(value), `${path}.value must be a number`);
  check.that(tags === undefined || isRecord(tags), `${path}.tags must be an object`);
}

function readAttributes(check: Checker, list: unknown, path: string): Map<string, string | number | boolean> {
  const attributes = new Map<string, string | number | boolean>();
  check.each(list, path, ({ entity_id: entityId, key, type, value }, attributePath) => {
    check.that(typeof entityId === 'string', `${attributePath}.entity_id must be a string`);
    check.that(typeof key === 'string', `${attributePath}.key must be a string`);
    check.that(type === 'custom', `${attributePath}.type must be "custom"`);
    check.that(['string', 'number', 'boolean'].includes(typeof value), `${attributePath}.value must be a primitive`);
    attributes.set(String(key), value as string | number | boolean);
  });
  return attributes;
}

function readDecision(check: Checker, decisions: unknown, path: string): CollectedDecision | null {
  let collected: CollectedDecision | null = null;
  if (decisions === undefined) return collected;
  check.each(decisions, path, (decision, decisionPath) => {
    const metadata = check.record(decision.metadata, `${decisionPath}.metadata`);
    for (const name of ['campaign_id', 'variation_id']) {
      const id = decision[name];
      check.that(id === null || typeof id === 'string', `${decisionPath}.${name} must be a string or null`);
    }
    check.that(typeof decision.experiment_id === 'string', `${decisionPath}.experiment_id must be a string`);
    for (const name of ['flag_key', 'rule_key', 'rule_type', 'variation_key']) {
      check.that(typeof metadata[name] === 'string', `${decisionPath}.metadata.${name} must be a string`);
    }
    check.that(typeof metadata.enabled === 'boolean', `${decisionPath}.metadata.enabled must be a boolean`);
    collected = {
      campaignId: textOrNull(decision.campaign_id),
      experimentId: String(decision.experiment_id),
      variationId: textOrNull(decision.variation_id),
      flagKey: String(metadata.flag_key),
      ruleKey: String(metadata.rule_key),
      ruleType: String(metadata.rule_type),
      variationKey: String(metadata.variation_key),
      enabled: metadata.enabled === true,
      cmabUuid: textOrNull(metadata.cmab_uuid),
    };
  });
  return collected;
}

function collectEvent(
  batch: Record<string, unknown>,
  visitor: Record<string, unknown>,
  attributes: ReadonlyMap<string, string | number | boolean>,
  decision: CollectedDecision | null,
  event: Record<string, unknown>,
): CollectedEvent {
  return {
    uuid: String(event.uuid),
    kind: decision === null ? 'conversion' : 'impression',
    visitorId: String(visitor.visitor_id),
    timestamp: Number(event.timestamp),
    key: String(event.key),
    entityId: textOrNull(event.entity_id),
    accountId: String(batch.account_id),
    projectId: String(batch.project_id),
    revision: String(batch.revision),
    clientName: String(batch.client_name),
    clientVersion: String(batch.client_version),
    attributes,
    decision,
    revenue: typeof event.revenue === 'number' ? event.revenue : null,
    value: typeof event.value === 'number' ? event.value : null,
    tags: isRecord(event.tags) ? event.tags : null,
  };
}

type Checker = ReturnType<typeof createChecker>;

const MAX_PROBLEMS = 20;

/** Collects up to 20 problems and returns empty values in place of invalid ones, so that reading continues. */
function createChecker() {
  const problems: string[] = [];
  const that = (holds: boolean, problem: string): void => {
    if (!holds && problems.length < MAX_PROBLEMS) problems.push(problem);
  };
  const record = (value: unknown, path: string): Record<string, unknown> => {
    that(isRecord(value), `${path} must be an object`);
    return isRecord(value) ? value : {};
  };
  const each = (value: unknown, path: string, visit: (item: Record<string, unknown>, path: string) => void): void => {
    that(Array.isArray(value), `${path} must be an array`);
    if (!Array.isArray(value)) return;
    for (const [index, item] of value.entries()) visit(record(item, `${path}[${index}]`), `${path}[${index}]`);
  };
  return { problems, that, record, each };
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
