import { expect, test } from 'vitest';
import { post, startLab } from './running-lab.ts';

const lab = await startLab({ odp: { apiKeys: ['key'], segments: { alice: ['vip'] } } });
const QUERY =
  'query($userId: String, $audiences: [String]) {customer(fs_user_id: $userId) {audiences(subset: $audiences) {edges {node {name state}}}}}';

async function query(userId: string, audiences: string[]) {
  const answer = await post(
    `${lab.url}/v3/graphql`,
    { query: QUERY, variables: { userId, audiences } },
    { 'x-api-key': 'key' },
  );
  return { status: answer.status, body: (await answer.json()) as never as Answer };
}

interface Answer {
  data?: { customer: { audiences: { edges: { node: { name: string; state: string } }[] } } | null };
  errors?: { message: string; locations: unknown[]; extensions: Record<string, string> }[];
}

test('[LAB-02] segments are answered by a real GraphQL server in the documented shape', async () => {
  const { status, body } = await query('alice', ['vip', 'new']);
  expect(status).toBe(200);
  expect(body.data?.customer?.audiences.edges).toEqual([
    { node: { name: 'vip', state: 'qualified' } },
    { node: { name: 'new', state: 'not_qualified' } },
  ]);
  lab.odp.setSegments('alice', ['new']);
  expect((await query('alice', ['vip', 'new'])).body.data?.customer?.audiences.edges[1]?.node.state).toBe('qualified');
  expect(lab.odp.segments('alice')).toEqual(['new']);
});

test('a query that asks for unknown fields or is no query is an error of the GraphQL server', async () => {
  const headers = { 'x-api-key': 'key' };
  const unknown = await post(`${lab.url}/v3/graphql`, { query: '{customer(fs_user_id: "a") {name}}' }, headers);
  expect(((await unknown.json()) as Answer).errors?.[0]?.message).toContain('name');
  expect((await post(`${lab.url}/v3/graphql`, 'nonsense', headers)).status).toBe(400);
  expect((await fetch(`${lab.url}/v3/graphql`)).status).toBe(403);
});

test('[LAB-02] refusals come as 200 with the documented extensions and no customer', async () => {
  lab.odp.refuse('bob', 'invalid-identifier');
  const { status, body } = await query('bob', ['vip']);
  expect(status).toBe(200);
  expect(body.data?.customer).toBeNull();
  expect(body.errors?.[0]?.extensions).toEqual({
    code: 'INVALID_IDENTIFIER_EXCEPTION',
    classification: 'DataFetchingException',
  });
  expect(body.errors?.[0]?.locations).toHaveLength(1);
  lab.odp.refuse('bob', 'other');
  expect((await query('bob', ['vip'])).body.errors?.[0]?.extensions).toEqual({ classification: 'TestExceptionClass' });
  lab.odp.refuse('bob', null);
  expect((await query('bob', ['vip'])).body.errors).toBeUndefined();
});

test('a wrong or missing API key is 403', async () => {
  expect((await post(`${lab.url}/v3/graphql`, { query: QUERY }, { 'x-api-key': 'other' })).status).toBe(403);
  expect((await post(`${lab.url}/v3/events`, [])).status).toBe(403);
});

test('requests are counted and the last ones kept as they arrived', async () => {
  const before = lab.odp.requests.count;
  await query('carol "}', ['vip']);
  expect(lab.odp.requests.count).toBe(before + 1);
  const last = lab.odp.requests.recent.at(-1);
  expect(JSON.parse(last?.body ?? '').variables.userId).toBe('carol "}');
  expect(last?.headers['x-api-key']).toBe('key');
});

test('events are accepted with 202, kept once per idempotence id, and refused with the reason', async () => {
  const send = (events: unknown) => post(`${lab.url}/v3/events`, events, { 'x-api-key': 'key' });
  const event = { type: 'fullstack', action: 'buy', identifiers: { email: 'a@b' }, data: { idempotence_id: 'i1' } };
  const accepted = await send([event, { ...event, data: { idempotence_id: 'i2' } }]);
  expect(accepted.status).toBe(202);
  expect(((await accepted.json()) as { title: string }).title).toBe('Accepted');
  await send([event]);
  expect(lab.odp.events.map(({ data }) => data.idempotence_id)).toEqual(['i1', 'i2']);
  expect(lab.odp.events[0]?.apiKey).toBe('key');
  expect(lab.odp.duplicateEvents).toBe(1);
  for (const bad of [
    [],
    {},
    'x',
    [null],
    [{ ...event, action: '' }],
    [{ ...event, identifiers: {} }],
    [{ ...event, data: { a: {} } }],
  ]) {
    expect((await send(bad)).status, JSON.stringify(bad)).toBe(400);
  }
});
