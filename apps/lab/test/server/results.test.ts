import { describe, expect, test } from 'vitest';
import type { ExperimentResults } from '../../src/api/experiment-results.ts';
import { get, runLab, send } from './running-lab.ts';
import { conversion, impression, sendEvents } from './wire-events.ts';

const { url } = await runLab();
const results = (ruleId: string, event = 'purchase') =>
  get<ExperimentResults>(`${url}/api/results/${ruleId}?event=${event}`);
const revision = async () => (await get<{ datafile: { revision: string } }>(`${url}/api/datafile`)).datafile.revision;

test('experiments with a split are listed with their flags', async () => {
  expect(await get(`${url}/api/experiments`)).toEqual([
    { ruleId: '2001', ruleKey: 'checkout_redesign', flagKey: 'checkout', name: 'Checkout redesign' },
    { ruleId: '2003', ruleKey: 'recommendation_engine', flagKey: 'recommendations', name: 'Recommendation engine' },
    { ruleId: '2004', ruleKey: 'ranking_model', flagKey: 'search_ranking', name: 'Ranking model' },
  ]);
});

test('an experiment nobody saw has no series, intervals from 0 to 1 and nothing to alarm about', async () => {
  const { variations, series, sampleRatio } = await results('2004');
  expect(variations).toEqual([
    {
      variationId: '2401',
      variationKey: 'keywords',
      configuredShare: 0.25,
      visitors: 0,
      conversions: 0,
      rate: 0,
      low: 0,
      high: 1,
    },
    {
      variationId: '2402',
      variationKey: 'semantic',
      configuredShare: 0.75,
      visitors: 0,
      conversions: 0,
      rate: 0,
      low: 0,
      high: 1,
    },
  ]);
  expect(series).toEqual([]);
  expect(sampleRatio).toEqual({ chiSquare: 0, degrees: 0, pValue: 1, ok: true });
});

describe('a visitor', () => {
  test('counts once, where the first impression put them, and as converted when they bought afterwards', async () => {
    const rule = { ruleId: '2001' };
    await sendEvents(url, await revision(), [
      impression({ ...rule, visitorId: 'moved', variationId: '2103', timestamp: 2_000 }),
      impression({ ...rule, visitorId: 'moved', variationId: '2101', timestamp: 1_000 }),
      conversion({ visitorId: 'moved', timestamp: 1_000 }),
      conversion({ visitorId: 'moved', timestamp: 3_000 }),
      impression({ ...rule, visitorId: 'bought-before', variationId: '2101', timestamp: 1_500 }),
      conversion({ visitorId: 'bought-before', timestamp: 1_499 }),
      impression({ ...rule, visitorId: 'other-event', variationId: '2102', timestamp: 1_600 }),
      conversion({ visitorId: 'other-event', timestamp: 1_700, eventKey: 'add_to_cart' }),
      impression({ ruleId: '2003', visitorId: 'other-rule', variationId: '2301', timestamp: 1_600 }),
      conversion({ visitorId: 'never-exposed', timestamp: 1_700 }),
    ]);
    const counts = async (event: string) =>
      (await results('2001', event)).variations.map(({ variationKey, visitors, conversions }) => [
        variationKey,
        visitors,
        conversions,
      ]);
    expect(await counts('purchase')).toEqual([
      ['classic', 2, 1],
      ['one_page', 1, 0],
      ['express', 0, 0],
    ]);
    expect(await counts('add_to_cart')).toEqual([
      ['classic', 2, 0],
      ['one_page', 1, 1],
      ['express', 0, 0],
    ]);
  });
});

test('intervals are those of Wilson, and the series adds up to the totals in at most 60 ascending moments', async () => {
  const events = Array.from({ length: 100 }, (_, index) => [
    impression({
      ruleId: '2004',
      visitorId: `w${index}`,
      variationId: index < 40 ? '2401' : '2402',
      timestamp: 10_000 + 97 * index,
    }),
    ...(index < 10 || index >= 99 ? [conversion({ visitorId: `w${index}`, timestamp: 50_000 + index })] : []),
  ]).flat();
  await sendEvents(url, await revision(), events);
  const { variations, series } = await results('2004');
  // Of 40 with 10 and of 60 with 1, by the roots of (p - k/n)² = z² p (1 - p) / n.
  expect(variations).toEqual([
    expect.objectContaining({
      visitors: 40,
      conversions: 10,
      rate: 0.25,
      low: expect.closeTo(0.1419, 4),
      high: expect.closeTo(0.4019, 4),
    }),
    expect.objectContaining({
      visitors: 60,
      conversions: 1,
      low: expect.closeTo(0.00295, 5),
      high: expect.closeTo(0.08855, 5),
    }),
  ]);
  expect(series.length).toBe(60);
  expect(series.at(-1)?.at).toBe(50_099);
  for (const [index, { at, variations: counted }] of series.entries()) {
    expect(at).toBeGreaterThan(series[index - 1]?.at ?? 0);
    const until = events.filter(({ timestamp }) => timestamp <= at);
    expect(counted.reduce((sum, { visitors }) => sum + visitors, 0)).toBe(
      until.filter(({ kind }) => kind === 'impression').length,
    );
    expect(counted.reduce((sum, { conversions }) => sum + conversions, 0)).toBe(
      until.filter(({ kind }) => kind === 'conversion').length,
    );
  }
});

describe('the sample-ratio check', () => {
  const crowd = (prefix: string, ruleId: string, sizes: Readonly<Record<string, number>>) =>
    Object.entries(sizes).flatMap(([variationId, size]) =>
      Array.from({ length: size }, (_, index) =>
        impression({ ruleId, visitorId: `${prefix}-${variationId}-${index}`, variationId, timestamp: 1_000 + index }),
      ),
    );

  test('finds a split that does not hold, and judges everyone by the split they were decided with', async () => {
    await send('DELETE', `${url}/api/events`, {});
    await sendEvents(url, await revision(), crowd('a', '2003', { '2301': 510, '2302': 490 }));
    expect((await results('2003')).sampleRatio).toEqual({
      chiSquare: expect.closeTo(0.4, 9),
      degrees: 1,
      pValue: expect.closeTo(0.527089, 6),
      ok: true,
    });
    const trafficAllocation = [
      { entityId: '2301', endOfRange: 1_000 },
      { entityId: '2302', endOfRange: 10_000 },
    ];
    await send('PATCH', `${url}/api/rules/2003`, { trafficAllocation });
    await sendEvents(url, await revision(), crowd('b', '2003', { '2301': 100, '2302': 900 }));
    expect((await results('2003')).sampleRatio).toMatchObject({ ok: true, degrees: 1 });
    await sendEvents(url, 'never-published', crowd('c', '2003', { '2301': 500 }));
    expect((await results('2003')).sampleRatio).toMatchObject({ ok: true });
    await sendEvents(url, await revision(), crowd('d', '2003', { '2301': 200, '2302': 300 }));
    expect((await results('2003')).sampleRatio).toMatchObject({ ok: false });
  });

  test('leaves out whom an allow-list or a stored assignment put where the split sends nobody', async () => {
    await send('DELETE', `${url}/api/events`, {});
    const trafficAllocation = [{ entityId: '2401', endOfRange: 10_000 }];
    await send('PATCH', `${url}/api/rules/2004`, { trafficAllocation });
    await sendEvents(url, await revision(), crowd('e', '2004', { '2401': 100, '2402': 300 }));
    const { variations, sampleRatio } = await results('2004');
    expect(variations.map(({ visitors }) => visitors)).toEqual([100, 300]);
    expect(sampleRatio).toMatchObject({ chiSquare: 0, ok: true });
  });
});

test.each<[string, string, number]>([
  ['an unknown experiment', 'nothing', 404],
  ['a bandit', '2007', 404],
  ['an unknown event', '2001?event=refund', 400],
  ['an event with quotes', `2001?event=${encodeURIComponent("' OR 1=1 --")}`, 400],
])('[LAB-01] results of %s are refused', async (_what, path, status) => {
  const response = await fetch(`${url}/api/results/${path}`);
  expect(response.status).toBe(status);
  expect(await response.json()).toEqual({ error: expect.any(String) });
});
