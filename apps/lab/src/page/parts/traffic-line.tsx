/** The traffic line: 10,000 buckets from left to right, whose they are, and where one user's bucket lies. */
import type { JSX } from 'preact';
import { formatBuckets, formatCount } from './format.ts';
import { toneClass } from './variation-name.tsx';

const BUCKETS = 10_000;
/** Narrower parts show no name; the legend and the description have it. */
const LEAST_LABELLED = 1_200;

export interface LineSpan {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
  /** `null` for buckets that lead nowhere. */
  readonly name: string | null;
  /** Position of the variation in its rule, for the colour. */
  readonly index: number;
}

interface TrafficLineProps {
  readonly spans: readonly LineSpan[];
  /** A user's bucket. */
  readonly bucket?: number;
}

export function TrafficLine({ spans, bucket }: TrafficLineProps): JSX.Element {
  const shown = spans.filter(({ start, end, name }) => end > start && name !== null);
  const hasMarker = bucket !== undefined;
  return (
    <div class={`traffic ${hasMarker ? 'with-marker' : ''}`} role="img" aria-label={describeLine(shown, bucket)}>
      <div class="traffic-track">
        {shown.map(({ start, end, name, index }) => (
          <span
            key={start}
            class={`traffic-span ${toneClass(index)} ${end - start < LEAST_LABELLED ? 'narrow' : ''} ${end >= BUCKETS ? 'last' : ''}`}
            style={{ left: percent(start), width: percent(end - start) }}
          >
            {end - start < LEAST_LABELLED ? '' : name}
          </span>
        ))}
        {hasMarker && (
          <>
            <span class="traffic-marker" style={{ left: percent(bucket) }} />
            <span class="traffic-pin" style={{ left: percent(bucket), transform: `translateX(-${percent(bucket)})` }}>
              bucket {formatCount(bucket)}
            </span>
          </>
        )}
      </div>
      <div class="traffic-scale">
        {[0, 0.25, 0.5, 0.75, 1].map((part) => (
          <span key={part}>{formatCount(part * BUCKETS)}</span>
        ))}
      </div>
    </div>
  );
}

function describeLine(spans: readonly LineSpan[], bucket: number | undefined): string {
  const sizes = new Map<string | null, number>();
  for (const { name, start, end } of spans) sizes.set(name, (sizes.get(name) ?? 0) + end - start);
  const parts = [...sizes].map(([name, size]) => `${name} ${formatBuckets(size)}`);
  const free = BUCKETS - spans.reduce((sum, { start, end }) => sum + end - start, 0);
  if (free > 0) parts.push(`nobody ${formatBuckets(free)}`);
  const line = `Traffic: ${parts.join(', ')}.`;
  if (bucket === undefined) return line;
  const hit = spans.find(({ start, end }) => bucket >= start && bucket < end);
  return `${line} The user's bucket ${formatCount(bucket)} ${hit ? `lies in ${hit.name}` : 'belongs to nobody'}.`;
}

function percent(buckets: number): string {
  return `${(buckets / BUCKETS) * 100}%`;
}
