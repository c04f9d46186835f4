import { describe, expect, test } from 'vitest';
import { buildEventBatch } from '../src/index.ts';
import { createConfig, createConversion, createImpression } from './recorded-events.ts';

describe('an impression', () => {
  test('has every field of the documented payload', () => {
    const event = createImpression({ attributes: { plan: 'pro', unknown: 1 }, cmabUuid: 'c-1' });
    expect(buildEventBatch([event])).toEqual({
      client_name: 'test-client',
      client_version: '1.2.3',
      account_id: 'account',
      project_id: 'project',
      revision: '7',
      anonymize_ip: true,
      enrich_decisions: true,
      visitors: [
        {
          snapshots: [
            {
              decisions: [
                {
                  campaign_id: '11',
                  experiment_id: '101',
                  variation_id: '1001',
                  metadata: {
                    flag_key: 'checkout',
                    rule_key: 'checkout-test',
                    rule_type: 'feature-test',
                    variation_key: 'on',
                    enabled: true,
                    cmab_uuid: 'c-1',
                  },
                },
              ],
              events: [{ entity_id: '11', timestamp: 1_700_000_000_000, key: 'campaign_activated', uuid: event.uuid }],
            },
          ],
          visitor_id: 'ada',
          attributes: [{ entity_id: 'a1', key: 'plan', type: 'custom', value: 'pro' }],
        },
      ],
    });
  });

  test.each([
    ['an experiment', { layerId: '11', experimentId: '101' }, '11', '101'],
    ['a holdout, which has no campaign', { layerId: '', experimentId: 'h1' }, 'h1', 'h1'],
    ['no rule at all', { layerId: null, experimentId: null }, null, ''],
  ])('of %s has the campaign and experiment ids of the official payload', (_, ids, campaignId, experimentId) => {
    const [visitor] = buildEventBatch([createImpression(ids)]).visitors;
    const [snapshot] = visitor?.snapshots ?? [];
    expect(snapshot?.decisions?.[0]).toMatchObject({ campaign_id: campaignId, experiment_id: experimentId });
    expect(snapshot?.events[0].entity_id).toBe(campaignId);
  });

  test.each([
    ['123', '123'],
    ['0', '0'],
    ['$opt_dummy_variation_id', null],
    ['12a', null],
    ['-1', null],
    ['', null],
    [null, null],
  ])('sends the variation id %j as %j', (variationId, sent) => {
    const [visitor] = buildEventBatch([createImpression({ variationId })]).visitors;
    expect(visitor?.snapshots[0].decisions?.[0].variation_id).toBe(sent);
  });
});

describe('a conversion', () => {
  test.each<[unknown, number | undefined]>([
    [12, 12],
    [0, 0],
    [12.9, 12],
    [-12.9, -12],
    ['12.5abc', 12],
    ['0x10', 16],
    ['abc', undefined],
    [true, 1],
    [[], 0],
    [Number.NaN, undefined],
    [Number.POSITIVE_INFINITY, undefined],
    [{}, undefined],
  ])('with the revenue tag %j sends the revenue %j', (revenue, sent) => {
    expect(conversionEvent({ revenue }).revenue).toBe(sent);
  });

  test.each<[unknown, number | undefined]>([
    [0, 0],
    [1.5, 1.5],
    ['1e3', 1_000],
    ['7 apples', 7],
    ['apples', undefined],
    [Number.NaN, undefined],
    [true, undefined],
    [[], undefined],
  ])('with the value tag %j sends the value %j', (value, sent) => {
    expect(conversionEvent({ value }).value).toBe(sent);
  });

  test('sends all tags, revenue and value among them, and no decisions', () => {
    const tags = { revenue: 5, value: 1, colour: 'red' };
    expect(conversionEvent(tags)).toMatchObject({ entity_id: 'e1', key: 'purchase', revenue: 5, value: 1, tags });
    const [visitor] = buildEventBatch([createConversion({ tags })]).visitors;
    expect(visitor?.snapshots[0]).not.toHaveProperty('decisions');
  });

  test('without tags has none on the wire', () => {
    expect(conversionEvent(undefined)).not.toHaveProperty('tags');
  });

  function conversionEvent(tags: Record<string, unknown> | undefined) {
    const [visitor] = buildEventBatch([createConversion({ tags })]).visitors;
    const event = visitor?.snapshots[0].events[0];
    if (event === undefined) throw new Error('no event was built');
    return event;
  }
});

describe('attributes', () => {
  test('are those the datafile or the service knows, with values that can be sent', () => {
    const attributes = {
      plan: 'pro',
      age: 2 ** 53,
      $opt_user_agent: 'bot',
      $opt_registered: false,
      unknown: 'x',
      __proto__: 'y',
    };
    const [visitor] = buildEventBatch([createImpression({ attributes })]).visitors;
    expect(visitor?.attributes).toEqual([
      { entity_id: 'a1', key: 'plan', type: 'custom', value: 'pro' },
      { entity_id: 'a2', key: 'age', type: 'custom', value: 2 ** 53 },
      { entity_id: '$opt_user_agent', key: '$opt_user_agent', type: 'custom', value: 'bot' },
      { entity_id: 'a3', key: '$opt_registered', type: 'custom', value: false },
    ]);
  });

  test.each([2 ** 53 + 2, -(2 ** 53) - 2, Number.NaN, Number.POSITIVE_INFINITY, null, undefined])(
    'leave the value %s out',
    (age) => {
      const [visitor] = buildEventBatch([createImpression({ attributes: { age } })]).visitors;
      expect(visitor?.attributes).toEqual([]);
    },
  );

  test.each([true, false])('end with the bot-filtering setting when it is %s', (botFiltering) => {
    const config = createConfig({ botFiltering });
    const [visitor] = buildEventBatch([createImpression({ config })]).visitors;
    expect(visitor?.attributes.at(-1)).toEqual({
      entity_id: '$opt_bot_filtering',
      key: '$opt_bot_filtering',
      type: 'custom',
      value: botFiltering,
    });
  });

  test('of another user or config are not reused', () => {
    const attributes = { plan: 'pro' };
    const other = createConfig({ attributes: [{ id: 'b1', key: 'plan' }] });
    const { visitors } = buildEventBatch([
      createImpression({ attributes }),
      createImpression({ attributes }),
      createImpression({ attributes, config: other }),
      createImpression({ attributes: { plan: 'free' } }),
    ]);
    expect(visitors.map((visitor) => visitor.attributes.map(({ entity_id, value }) => [entity_id, value]))).toEqual([
      [['a1', 'pro']],
      [['a1', 'pro']],
      [['b1', 'pro']],
      [['a1', 'free']],
    ]);
  });
});
