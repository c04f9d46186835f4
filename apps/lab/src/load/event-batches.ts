/** Bodies for the collector: impressions and conversions as a client of the shop sends them. */
import { randomUUID } from 'node:crypto';

/** Creates a source of batches of `size` events, each of a visitor of its own and with ids of its own. */
export function createBatchSource(size: number, revision: string): () => string {
  let visitor = 0;
  const head = JSON.stringify({
    client_name: 'load',
    client_version: '1.0.0',
    account_id: '10001',
    project_id: '20001',
    revision,
    anonymize_ip: true,
    enrich_decisions: true,
  });
  return () => {
    const visitors = Array.from({ length: size }, () => {
      visitor += 1;
      return visitorText(`load-${visitor}`, visitor % 5 === 0 ? conversionText() : impressionText(visitor));
    });
    return `${head.slice(0, -1)},"visitors":[${visitors.join()}]}`;
  };
}

const ATTRIBUTES = JSON.stringify([
  { entity_id: '8001', key: 'plan', type: 'custom', value: 'member' },
  { entity_id: '8002', key: 'country', type: 'custom', value: 'DE' },
]);

function visitorText(visitorId: string, snapshot: string): string {
  return `{"visitor_id":"${visitorId}","attributes":${ATTRIBUTES},"snapshots":[${snapshot}]}`;
}

function impressionText(visitor: number): string {
  const variation = visitor % 2 === 0 ? ['2301', 'bestsellers'] : ['2302', 'personal'];
  return (
    `{"decisions":[{"campaign_id":"4003","experiment_id":"2003","variation_id":"${variation[0]}","metadata":{` +
    '"flag_key":"recommendations","rule_key":"recommendation_engine","rule_type":"feature-test",' +
    `"variation_key":"${variation[1]}","enabled":true}}],"events":[${eventText('4003', 'campaign_activated')}]}`
  );
}

function conversionText(): string {
  return `{"events":[${eventText('9001', 'purchase')}]}`;
}

function eventText(entityId: string, key: string): string {
  return `{"entity_id":"${entityId}","timestamp":${Date.now()},"key":"${key}","uuid":"${randomUUID()}"}`;
}
