/** Conversion rate over time, a line and the band of its 95 % interval for each variation. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { ExperimentResults } from '../../api/experiment-results.ts';
import { formatDate, formatRate, formatTime } from '../parts/format.ts';
import { VariationName } from '../parts/variation-name.tsx';
import { resolveColor, theme } from '../theme.ts';
import { COLUMNS_PER_VARIATION, rateColumns } from './rate-series.ts';

const HEIGHT = 280;
/** Pixels; below, fewer labels fit beside each other. */
const NARROW = 480;
const TONES = 6;
/** Lines differ by their dashes too, for those who do not tell the colours apart. */
const DASHES: readonly (number[] | undefined)[] = [undefined, [8, 4], [2, 3], [10, 3, 2, 3]];

export function RateChart({ results }: { results: ExperimentResults }): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const cursor = useSignal<number | null>(null);
  const columns = useMemo(() => rateColumns(results), [results]);
  const shape = results.variations.map(({ variationId }) => variationId).join();
  const isDarkBySystem = useSystemScheme();
  const latest = useRef(results);
  latest.current = results;

  // Made anew for another shape or scheme only; new figures are set into it below.
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const plot = new uPlot(
      chartOptions(
        element.clientWidth,
        () => latest.current,
        (index) => {
          cursor.value = index;
        },
      ),
      columns as uPlot.AlignedData,
      element,
    );
    chart.current = plot;
    const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
      chart.current = null;
    };
  }, [shape, theme.value, isDarkBySystem]);

  useEffect(() => chart.current?.setData(columns as uPlot.AlignedData), [columns]);

  const last = columns[0].length - 1;
  const index = Math.min(cursor.value ?? last, last);
  return (
    <figure class="chart">
      <div ref={box} class="chart-box" role="img" aria-label={describeChart(results)} />
      <figcaption class="chart-legend">
        <span class="soft">{formatTime((columns[0][index] ?? 0) * 1_000)}</span>
        {results.variations.map(({ variationId, variationKey }, position) => {
          const [rate, low, high] = [0, 1, 2].map(
            (part) => columns[1 + position * COLUMNS_PER_VARIATION + part]?.[index],
          );
          return (
            <span key={variationId} class="chart-value">
              <VariationName name={variationKey} index={position} />{' '}
              {rate == null ? '–' : `${formatRate(rate)} (${formatRate(low ?? 0)} to ${formatRate(high ?? 0)})`}
            </span>
          );
        })}
      </figcaption>
    </figure>
  );
}

function chartOptions(
  width: number,
  current: () => ExperimentResults,
  onCursor: (index: number | null) => void,
): uPlot.Options {
  const variations = current().variations.length;
  const ink = resolveColor('--ink-soft');
  const grid = { stroke: resolveColor('--line'), width: 1 };
  const font = `12px ${getComputedStyle(document.body).fontFamily}`;
  const axis: uPlot.Axis = { stroke: ink, font, grid, ticks: { show: false } };
  const tones = Array.from({ length: variations }, (_, index) => resolveColor(`--tone-${index % TONES}`));
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: { y: false, drag: { setScale: false } },
    // A second of data would otherwise be stretched to whole days of nothing.
    scales: {
      x: { time: true, range: (_, first, last) => widenToPeriod(current(), first, last) },
      y: { range: () => [0, Math.max(0.01, highestSteady(current()) * 1.05)] },
    },
    axes: [
      { ...axis, size: 32, space: width < NARROW ? 90 : 110, values: (_, ticks) => formatTicks(ticks) },
      { ...axis, size: 48, values: (_, ticks) => ticks.map((tick) => formatRate(tick, 0)) },
    ],
    series: [
      {},
      ...tones.flatMap((stroke, index): uPlot.Series[] => {
        const dash = DASHES[index % DASHES.length];
        const bound: uPlot.Series = { stroke: 'transparent', points: { show: false }, spanGaps: true };
        return [
          { stroke, width: 2.5, points: { show: false }, spanGaps: true, ...(dash ? { dash } : {}) },
          bound,
          bound,
        ];
      }),
    ],
    bands: tones.map((stroke, index) => {
      const rate = 1 + index * COLUMNS_PER_VARIATION;
      return { series: [rate + 2, rate + 1], fill: withAlpha(stroke, 0.16) };
    }),
    hooks: {
      setCursor: [(plot) => onCursor(plot.cursor.idx ?? null)],
      draw: [(plot) => drawMarks(plot, current(), ink, font)],
    },
  };
}

/** Time of day, or the day when the ticks are further apart than one. */
function formatTicks(ticks: readonly number[]): string[] {
  const span = (ticks.at(-1) ?? 0) - (ticks[0] ?? 0);
  return ticks.map((tick) => (span > 86_400 ? formatDate(tick * 1_000) : formatTime(tick * 1_000)));
}

/** Shows where the period began or ended when that is near. Seconds. */
function widenToPeriod({ period }: ExperimentResults, first: number, last: number): [number, number] {
  const near = Math.max((last - first) * 0.15, 1);
  const began = period.startedAt / 1_000;
  const ended = (period.endedAt ?? 0) / 1_000;
  return [began < first && first - began < near ? began : first, ended > last && ended - last < near ? ended : last];
}

/**
 * Where a changed split or audience started a new period: a line that says so. The two ends of the period that is shown are
 * drawn at the edge, with an arrow, when they lie outside of what is seen.
 */
function drawMarks(plot: uPlot, { period, periods }: ExperimentResults, ink: string, font: string): void {
  const { ctx, bbox } = plot;
  const left = bbox.left;
  const right = bbox.left + bbox.width;
  for (const { firstRevision, startedAt } of periods) {
    const at = plot.valToPos(startedAt / 1_000, 'x', true);
    const isEarlier = at < left;
    const isLater = at > right;
    const isEnd = startedAt === period.startedAt || startedAt === period.endedAt;
    if ((isEarlier || isLater) && !isEnd) continue;
    const x = Math.min(Math.max(at, left), right);
    const words = `new period: revision ${firstRevision}`;
    ctx.save();
    ctx.strokeStyle = ink;
    ctx.fillStyle = ink;
    ctx.setLineDash([3, 3]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.font = font.replace('12px', `${12 * devicePixelRatio}px`);
    const isRight = x > (left + right) / 2;
    ctx.textAlign = isRight ? 'right' : 'left';
    const text = isEarlier ? `← ${words}` : isLater ? `${words} →` : words;
    // Below each other where both are near.
    const line = startedAt === period.endedAt ? 2 : 1;
    ctx.fillText(text, x + (isRight ? -6 : 6), bbox.top + 14 * line * devicePixelRatio);
    ctx.restore();
  }
}

/** The highest end of an interval once there is something to see: the first few visitors could be anything. */
function highestSteady({ series, variations }: ExperimentResults): number {
  const all = variations.reduce((sum, { visitors }) => sum + visitors, 0);
  const steady = series.filter(
    (moment) => moment.variations.reduce((sum, { visitors }) => sum + visitors, 0) >= all * 0.15,
  );
  return Math.max(...steady.flatMap((moment) => moment.variations.map((each) => (each.visitors > 0 ? each.high : 0))));
}

/** The colour, mostly seen through. */
function withAlpha(color: string, alpha: number): string {
  return color.replace(/^rgb\((.*)\)$/, (_, channels: string) => `rgb(${channels.replaceAll(',', ' ')} / ${alpha})`);
}

function describeChart({ variations, eventKey, period, periods }: ExperimentResults): string {
  const parts = variations.map(({ variationKey, rate, low, high }) => {
    return `${variationKey} ${formatRate(rate)}, interval ${formatRate(low)} to ${formatRate(high)}`;
  });
  const mark =
    periods.length > 1
      ? ` The period began with revision ${period.firstRevision}, ${formatDate(period.startedAt)}.`
      : '';
  return `Line chart of the rate of conversion to ${eventKey} over time. At the end: ${parts.join('; ')}.${mark}`;
}

/** Whether the system asks for dark colours; follows it. */
function useSystemScheme(): boolean {
  const query = useMemo(() => matchMedia('(prefers-color-scheme: dark)'), []);
  const isDark = useSignal(query.matches);
  useEffect(() => {
    const follow = () => {
      isDark.value = query.matches;
    };
    query.addEventListener('change', follow);
    return () => query.removeEventListener('change', follow);
  }, [query, isDark]);
  return isDark.value;
}
