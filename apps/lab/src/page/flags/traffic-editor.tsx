/**
 * Sliders for the split of a rule. The line follows the finger; what is published is where it stops, so that a drag is
 * one revision and not fifty.
 */
import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { ProjectRule } from '../lab/project.ts';
import type { TrafficRange } from '../lab/wire-datafile.ts';
import { formatBuckets } from '../parts/format.ts';
import { type LineSpan, TrafficLine } from '../parts/traffic-line.tsx';
import { toneClass, VariationName } from '../parts/variation-name.tsx';
import {
  BUCKETS,
  moveShare,
  PERCENT,
  readShares,
  type Share,
  scaleShares,
  totalOf,
  writeTraffic,
} from './traffic-shares.ts';

/** A key held down moves in steps; they are published together. */
const SETTLE_MS = 250;

interface TrafficEditorProps {
  readonly rule: ProjectRule;
  /** Resolves when the page shows what was published. */
  readonly publish: (traffic: readonly TrafficRange[]) => Promise<boolean>;
}

export function TrafficEditor({ rule, publish }: TrafficEditorProps): JSX.Element {
  const { shares, move, settle } = useDraft(rule, publish);
  const total = totalOf(shares);
  const indexOf = (id: string) => rule.variations.findIndex((variation) => variation.id === id);
  const nameOf = (id: string) => rule.variations[indexOf(id)]?.key ?? id;
  const [only] = shares;
  return (
    <div class="stack-s">
      <TrafficLine spans={spansOf(shares, indexOf, nameOf)} />
      <div class="sliders">
        {shares.length > 1 &&
          shares.map(({ variationId, buckets }) => (
            <Slider
              key={variationId}
              label={<VariationName name={nameOf(variationId)} index={indexOf(variationId)} />}
              name={`Share of ${nameOf(variationId)} in ${rule.key}`}
              tone={toneClass(indexOf(variationId))}
              buckets={buckets}
              most={total}
              onMove={(next) => move(moveShare(shares, variationId, next))}
              onSettle={settle}
            />
          ))}
        <Slider
          label={only && shares.length === 1 ? <ServedLabel name={nameOf(only.variationId)} /> : 'Users in the split'}
          name={`Traffic of ${rule.key}`}
          tone=""
          buckets={total}
          most={BUCKETS}
          onMove={(next) => move(scaleShares(shares, next))}
          onSettle={settle}
        />
      </div>
    </div>
  );
}

function ServedLabel({ name }: { name: string }): JSX.Element {
  return (
    <>
      Users who get <code>{name}</code>
    </>
  );
}

interface SliderProps {
  readonly label: JSX.Element | string;
  /** Accessible name, unique on the page. */
  readonly name: string;
  readonly tone: string;
  readonly buckets: number;
  readonly most: number;
  readonly onMove: (buckets: number) => void;
  readonly onSettle: () => void;
}

function Slider({ label, name, tone, buckets, most, onMove, onSettle }: SliderProps): JSX.Element {
  return (
    <div class={`slider ${tone}`}>
      <span class="slider-label" aria-hidden="true">
        {label}
      </span>
      <input
        type="range"
        aria-label={name}
        aria-valuetext={formatBuckets(buckets)}
        min={0}
        max={most}
        step={PERCENT}
        value={buckets}
        onInput={({ currentTarget }) => onMove(Number(currentTarget.value))}
        onChange={onSettle}
      />
      <output class="slider-value">{formatBuckets(buckets)}</output>
    </div>
  );
}

/** Shares while they are moved, and until what was published is back. */
function useDraft(rule: ProjectRule, publish: TrafficEditorProps['publish']) {
  const [draft, setDraft] = useState<readonly Share[] | null>(null);
  const latest = useRef(draft);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);

  const move = (shares: readonly Share[]) => {
    latest.current = shares;
    setDraft(shares);
  };
  const settle = () => {
    clearTimeout(timer.current);
    // Goes off as well when the reader has left the view by then.
    timer.current = setTimeout(async () => {
      const sent = latest.current;
      if (sent === null) return;
      await publish(writeTraffic(sent));
      if (latest.current !== sent) return;
      latest.current = null;
      setDraft(null);
    }, SETTLE_MS);
  };
  const ids = rule.variations.map(({ id }) => id);
  return { shares: draft ?? readShares(ids, rule.traffic), move, settle };
}

function spansOf(
  shares: readonly Share[],
  indexOf: (variationId: string) => number,
  nameOf: (variationId: string) => string,
): readonly LineSpan[] {
  let start = 0;
  return shares.map(({ variationId, buckets }) => {
    const span = { start, end: start + buckets, name: nameOf(variationId), index: indexOf(variationId) };
    start += buckets;
    return span;
  });
}
