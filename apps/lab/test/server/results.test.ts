import { describe, expect, test } from 'vitest';
import type { ExperimentResults, ResultSegment } from '../../src/api/experiment-results.ts';
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
  const { variations, series, sampleRatio, leftOut, power, simulation } = await results('2004');
  const empty = { visitors: 0, conversions: 0, rate: 0, low: 0, high: 1, comparison: null, revenue: null, value: null };
  expect(variations).toEqual([
    { ...empty, variationId: '2401', variationKey: 'keywords', configuredShare: 0.25 },
    { ...empty, variationId: '2402', variationKey: 'semantic', configuredShare: 0.75 },
  ]);
  expect(series).toEqual([]);
  expect(sampleRatio).toEqual({ chiSquare: 0, degrees: 1, pValue: 1, ok: true });
  expect(leftOut).toEqual({ crossover: 0, returning: 0, foreign: 0 });
  expect(power).toEqual({ detectableLift: null, visitorsNeeded: null, daysLeft: null });
  expect(simulation).toBeNull();
});

describe('a visitor', () => {
  test('counts once, as converted when they bought afterwards, and not at all when seen in two variations', async () => {
    const rule = { ruleId: '2001' };
    await sendEvents(url, await revision(), [
      impression({ ...rule, visitorId: 'moved', variationId: '2103', timestamp: 2_000 }),
      impression({ ...rule, visitorId: 'moved', variationId: '2101', timestamp: 1_000 }),
      conversion({ visitorId: 'moved', timestamp: 3_000 }),
      impression({ ...rule, visitorId: 'twice', variationId: '2101', timestamp: 2_000 }),
      impression({ ...rule, visitorId: 'twice', variationId: '2101', timestamp: 1_000 }),
      conversion({ visitorId: 'twice', timestamp: 1_000 }),
      conversion({ visitorId: 'twice', timestamp: 3_000 }),
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
    expect((await results('2001')).leftOut).toEqual({ crossover: 1, returning: 0, foreign: 0 });
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

  test('finds a split that does not hold, and a changed split starts a period with a check of its own', async () => {
    await send('DELETE', `${url}/api/events`, {});
    await sendEvents(url, await revision(), crowd('a', '2003', { '2301': 510, '2302': 490 }));
    const before = await results('2003');
    expect(before.sampleRatio).toEqual({
      chiSquare: expect.closeTo(0.4, 9),
      degrees: 1,
      pValue: expect.closeTo(0.527089, 6),
      ok: true,
    });
    const shares = { '2301': 10, '2302': 90 };
    await send('PATCH', `${url}/api/rules/2003`, { shares, allowMoves: true });
    const fresh = await results('2003');
    expect(fresh.variations.map(({ visitors }) => visitors)).toEqual([0, 0]);
    expect(fresh.periods.slice(0, 2)).toEqual([
      { firstRevision: await revision(), startedAt: expect.any(Number), endedAt: null },
      { ...before.period, endedAt: fresh.period.startedAt },
    ]);
    await sendEvents(url, await revision(), crowd('b', '2003', { '2301': 100, '2302': 900 }));
    await sendEvents(url, await revision(), [
      impression({ ruleId: '2003', visitorId: 'a-2301-0', variationId: '2302', timestamp: 9_000 }),
      impression({ ruleId: '2003', visitorId: 'a-2302-0', variationId: '2302', timestamp: 9_000 }),
    ]);
    await sendEvents(url, 'never-published', crowd('c', '2003', { '2301': 500 }));
    const second = await results('2003');
    expect(second).toMatchObject({
      variations: [
        { visitors: 100, configuredShare: 0.1 },
        { visitors: 900, configuredShare: 0.9 },
      ],
      sampleRatio: { ok: true, degrees: 1, chiSquare: 0 },
      leftOut: { crossover: 1, returning: 1, foreign: 500 },
    });
    const first = await get<ExperimentResults>(`${url}/api/results/2003?period=${before.period.firstRevision}`);
    expect(first).toMatchObject({
      variations: [
        { visitors: 510, configuredShare: 0.5 },
        { visitors: 490, configuredShare: 0.5 },
      ],
      leftOut: { crossover: 0, returning: 0 },
    });
    await sendEvents(url, await revision(), crowd('d', '2003', { '2301': 200, '2302': 300 }));
    expect((await results('2003')).sampleRatio).toMatchObject({ ok: false });
  });

  test('is there at once when settings are saved meanwhile', async () => {
    const rule = `${url}/api/rules/2004`;
    for (const share of [20, 30, 40, 50]) {
      const settings = Array.from({ length: 5 }, (_, index) =>
        send('PUT', `${url}/api/users/s${index}/segments`, { segments: [`s${share}`] }),
      );
      const published = await send('PATCH', rule, { shares: { '2401': share, '2402': 10 }, allowMoves: true });
      expect((await results('2004')).period.firstRevision).toBe(published.body.revision);
      await Promise.all(settings);
    }
  });

  test('goes on when only more traffic is let in, and starts again when the audience changes', async () => {
    const { period } = await results('2003');
    const half = { '2301': 25, '2302': 25 };
    await send('PATCH', `${url}/api/rules/2003`, { shares: half, allowMoves: true });
    const shrunk = await results('2003');
    expect(shrunk.period).not.toEqual(period);
    await send('PATCH', `${url}/api/rules/2003`, { shares: { '2301': 40, '2302': 40 } });
    expect((await results('2003')).period).toEqual(shrunk.period);
    await send('PATCH', `${url}/api/rules/2004`, { status: 'Paused' });
    expect((await results('2003')).period).toEqual(shrunk.period);
    await send('PATCH', `${url}/api/rules/2003`, { audienceConditions: ['or', '5002'] });
    const narrowed = await results('2003');
    expect(narrowed.period).not.toEqual(shrunk.period);
    const conditions = ['or', { type: 'custom_attribute', name: 'country', match: 'exact', value: 'GB' }];
    await send('PATCH', `${url}/api/audiences/5002`, { conditions });
    expect((await results('2003')).period).not.toEqual(narrowed.period);
  });

  test('leaves out whom an allow-list or a stored assignment put where the split sends nobody', async () => {
    await send('DELETE', `${url}/api/events`, {});
    const trafficAllocation = [{ entityId: '2401', endOfRange: 10_000 }];
    await send('PATCH', `${url}/api/rules/2004`, { trafficAllocation, allowMoves: true });
    await sendEvents(url, await revision(), crowd('e', '2004', { '2401': 100, '2402': 300 }));
    const { variations, sampleRatio } = await results('2004');
    expect(variations.map(({ visitors }) => visitors)).toEqual([100, 300]);
    expect(sampleRatio).toMatchObject({ chiSquare: 0, degrees: 0, ok: true });
  });
});

test.each<[string, string, number]>([
  ['an unknown experiment', 'nothing', 404],
  ['a bandit', '2007', 404],
  ['an unknown event', '2001?event=refund', 400],
  ['an unknown period', '2001?period=1', 404],
  ['an event with quotes', `2001?event=${encodeURIComponent("' OR 1=1 --")}`, 400],
])('[LAB-01] results of %s are refused', async (_what, path, status) => {
  const response = await fetch(`${url}/api/results/${path}`);
  expect(response.status).toBe(status);
  expect(await response.json()).toEqual({ error: expect.any(String) });
});

describe('the answer', () => {
  const bought = (visitorId: string, revenue: number) => conversion({ visitorId, timestamp: 2_000, revenue });

  test('compares rates and revenue with a control of choice, and says what can be found', async () => {
    await send('DELETE', `${url}/api/events`, {});
    const crowd = ['2301', '2302'].flatMap((variationId, arm) =>
      Array.from({ length: 400 }, (_, index) => [
        impression({ ruleId: '2003', visitorId: `${variationId}-${index}`, variationId, timestamp: 1_000 }),
        ...(index < 40 + 40 * arm ? [bought(`${variationId}-${index}`, 1_000)] : []),
      ]).flat(),
    );
    await sendEvents(url, await revision(), crowd);
    const { controlId, variations, power } = await results('2003');
    expect(controlId).toBe('2301');
    const [control, other] = variations;
    expect(control).toMatchObject({ comparison: null, revenue: { mean: 100, comparison: null }, value: null });
    expect(other?.comparison?.lift).toBeCloseTo(1, 9);
    expect(other?.comparison?.pValue).toBeLessThan(0.001);
    expect(other?.comparison?.liftLow).toBeGreaterThan(0.3);
    expect(other?.comparison?.sequential?.low).toBeLessThan(other?.comparison?.liftLow ?? 0);
    expect(other?.revenue).toMatchObject({ mean: 200, comparison: { lift: 1 } });
    expect(power.visitorsNeeded).toBeGreaterThan(50_000);
    expect(power.detectableLift).toBeGreaterThan(0.3);
    const swapped = await get<ExperimentResults>(`${url}/api/results/2003?control=2302`);
    expect(swapped.variations[0]?.comparison?.lift).toBeCloseTo(-0.5, 9);
  });

  test('is there by the values of an attribute, and as CSV', async () => {
    await send('DELETE', `${url}/api/events`, {});
    const attributes = (index: number) => (index < 10 ? {} : { plan: index % 3 === 0 ? 'gold' : 'guest', 'a"b': 1 });
    const crowd = Array.from({ length: 100 }, (_, index) => ({
      ...impression({ ruleId: '2003', visitorId: `s${index}`, variationId: '2301', timestamp: 1_000 }),
      attributes: attributes(index),
    }));
    await sendEvents(url, await revision(), [...crowd, conversion({ visitorId: 's99', timestamp: 2_000 })]);
    const segments = await get<ResultSegment[]>(`${url}/api/results/2003/segments?attribute=plan`);
    expect(
      segments.map(({ value, variations }) => [value, variations[0]?.visitors, variations[0]?.conversions]),
    ).toEqual([
      ['guest', 60, 0],
      ['gold', 30, 1],
      [null, 10, 0],
    ]);
    expect(await get(`${url}/api/results/2003/segments?attribute=${encodeURIComponent('a"b')}`)).toHaveLength(2);
    expect((await fetch(`${url}/api/results/2003/segments`)).status).toBe(400);
    const response = await fetch(`${url}/api/results/2003/csv`);
    expect(response.headers.get('content-type')).toContain('text/csv');
    const [head, first, second, end] = (await response.text()).split('\r\n');
    expect(head).toMatch(/^experiment,event,period,variation,/);
    expect(first).toMatch(/^recommendation_engine,purchase,\d+,bestsellers,/);
    expect(second?.split(',').length).toBe(head?.split(',').length);
    expect(end).toBe('');
  });
});
