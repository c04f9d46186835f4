/** A lab server per test file, closed when the file is done. */
import { request as httpRequest } from 'node:http';
import { afterAll, afterEach } from 'vitest';
import { createLabServer, type LabServer, type LabServerOptions } from '../src/index.ts';

/** Starts a server; faults are cleared after each test. Call at the top level of a test file. */
export async function startLab(options: LabServerOptions = {}): Promise<LabServer> {
  const lab = await createLabServer(options);
  afterEach(() => lab.faults.clear());
  afterAll(() => lab.close());
  return lab;
}

/** Posts a value as JSON, or a text as it is. */
export function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

/** A request with a `Host` of one's own choice, which `fetch` does not allow. */
export function getWithHost(url: string, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    httpRequest(url, { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .once('error', reject)
      .end();
  });
}

/** A batch of one impression and one conversion, in the documented shape. */
export function eventBatch(uuids: readonly [string, string]): Record<string, unknown> {
  const visitor = (snapshot: object) => ({
    visitor_id: 'alice',
    attributes: [{ entity_id: 'a1', key: 'plan', type: 'custom', value: 'gold' }],
    snapshots: [snapshot],
  });
  return {
    client_name: 'node-sdk',
    client_version: '1.0.0',
    account_id: '1',
    project_id: '2',
    revision: '3',
    anonymize_ip: false,
    enrich_decisions: true,
    visitors: [
      visitor({
        decisions: [
          {
            campaign_id: 'l1',
            experiment_id: 'e1',
            variation_id: '42',
            metadata: { flag_key: 'f', rule_key: 'r', rule_type: 'feature-test', variation_key: 'on', enabled: true },
          },
        ],
        events: [{ entity_id: 'l1', timestamp: 1_700_000_000_000, key: 'campaign_activated', uuid: uuids[0] }],
      }),
      visitor({
        events: [
          {
            entity_id: 'ev',
            timestamp: 1_700_000_000_001,
            key: 'buy',
            uuid: uuids[1],
            revenue: 5,
            value: 0.5,
            tags: {},
          },
        ],
      }),
    ],
  };
}
