/**
 * The split of a rule: sliders and exact numbers for a draft, what applying it would change, and a button that does. Nothing is
 * published before.
 */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { MovePreview } from '../../api/history.ts';
import { useLab } from '../lab/lab-session.ts';
import type { ProjectRule } from '../lab/project.ts';
import { sentenceOf } from '../lab/sentence-of.ts';
import type { TrafficRange } from '../lab/wire-datafile.ts';
import { plural } from '../parts/format.ts';
import { Modal } from '../parts/modal.tsx';
import { type LineSpan, TrafficLine } from '../parts/traffic-line.tsx';
import { toneClass, VariationName } from '../parts/variation-name.tsx';
import {
  draftProblem,
  formatPercent,
  isSameDraft,
  readDraft,
  type TrafficDraft,
  toShares,
  withPart,
  withSlidPart,
  withTotal,
} from './traffic-draft.ts';

const PREVIEW_DELAY_MS = 150;

export function TrafficEditor({ rule }: { rule: ProjectRule }): JSX.Element {
  const lab = useLab();
  const published = readDraft(
    rule.variations.map(({ id }) => id),
    rule.traffic,
  );
  const [edited, setEdited] = useState<TrafficDraft | null>(null);
  const draft = edited ?? published;
  const isChanged = edited !== null && !isSameDraft(edited, published);
  const problem = isChanged ? draftProblem(draft) : null;
  const preview = usePreview(rule.id, isChanged && problem === null ? toShares(draft) : null, rule.traffic);
  const isAsking = useSignal(false);
  const indexOf = (id: string) => rule.variations.findIndex((variation) => variation.id === id);
  const nameOf = (id: string) => rule.variations[indexOf(id)]?.key ?? id;
  const isAlone = draft.parts.length === 1;

  const apply = async (allowMoves: boolean) => {
    isAsking.value = false;
    const change = { shares: toShares(draft), allowMoves };
    if (await lab.publish((base) => lab.api.changeRule(base, rule.id, change))) setEdited(null);
  };
  const submit = () => {
    if (preview !== null && typeof preview !== 'string' && preview.movedUsers > 0) isAsking.value = true;
    else void apply(false);
  };
  const moves = typeof preview === 'object' && preview !== null ? preview : null;

  return (
    <form
      class="stack-s"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <div class="above-sliders">
        <TrafficLine spans={spansOf(moves?.trafficAllocation ?? rule.traffic, indexOf, nameOf)} />
      </div>
      <div class="sliders">
        {!isAlone &&
          draft.parts.map(({ variationId, percent }) => (
            <PercentField
              key={variationId}
              label={<VariationName name={nameOf(variationId)} index={indexOf(variationId)} />}
              name={`Share of ${nameOf(variationId)} in ${rule.key}`}
              tone={toneClass(indexOf(variationId))}
              percent={percent}
              onSlide={(next) => setEdited(withSlidPart(draft, published, variationId, next))}
              onType={(next) => setEdited(withPart(draft, variationId, next))}
            />
          ))}
        <PercentField
          label={isAlone ? <ServedLabel name={nameOf(draft.parts[0]?.variationId ?? '')} /> : 'Users in the split'}
          name={`Traffic of ${rule.key}`}
          tone=""
          percent={draft.total}
          onSlide={(next) => setEdited(withTotal(draft, next))}
          onType={(next) => setEdited({ ...draft, total: next })}
        />
      </div>
      {isChanged && (
        <div class="row between draft-bar">
          <p class={problem === null ? 'small' : 'problem'} role="status">
            {problem ?? describe(preview)}
          </p>
          <div class="row">
            <button type="button" onClick={() => setEdited(null)}>
              Discard
            </button>
            <button type="submit" class="primary" disabled={problem !== null}>
              <span>
                Apply<span class="visually-hidden"> the traffic of {rule.key}</span>
              </span>
            </button>
          </div>
        </div>
      )}
      {isAsking.value && moves !== null && (
        <Modal
          title={`Move ${plural(moves.movedUsers, 'user')}?`}
          submitLabel="Move them"
          onSubmit={() => apply(true)}
          onClose={() => {
            isAsking.value = false;
          }}
        >
          <p>
            {plural(moves.movedUsers, 'user')} of {plural(moves.seenUsers, 'user')} seen so far get another variation,
            or leave the split. Results start a new period, and users who are then seen in two variations are left out.
          </p>
        </Modal>
      )}
    </form>
  );
}

/** What applying would change; `null` while it is asked for, a sentence when it cannot be told. */
function usePreview(
  ruleId: string,
  shares: Record<string, number> | null,
  traffic: readonly TrafficRange[],
): MovePreview | string | null {
  const { api } = useLab();
  const [preview, setPreview] = useState<{ of: string; answer: MovePreview | string } | null>(null);
  const asked = JSON.stringify([shares, traffic]);
  useEffect(() => {
    if (shares === null) return;
    let isOver = false;
    const timer = setTimeout(async () => {
      const answer = await api.previewRule(ruleId, { shares }).catch(sentenceOf);
      if (!isOver) setPreview({ of: asked, answer });
    }, PREVIEW_DELAY_MS);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [api, ruleId, asked]);
  return preview?.of === asked ? preview.answer : null;
}

function describe(preview: MovePreview | string | null): string {
  if (preview === null || typeof preview === 'string') return preview ?? 'Looking who would move …';
  const { movedShare, movedUsers, seenUsers } = preview;
  if (movedShare === 0) return 'Nobody moves: every user keeps the variation they have.';
  const users =
    seenUsers === 0 ? 'no user was seen yet' : `${movedUsers} of ${plural(seenUsers, 'user')} seen so far would move`;
  return `${formatPercent(movedShare)} % of all traffic changes hands: ${users}.`;
}

function ServedLabel({ name }: { name: string }): JSX.Element {
  return (
    <>
      Users who get <code>{name}</code>
    </>
  );
}

interface PercentFieldProps {
  readonly label: JSX.Element | string;
  /** Accessible name, unique on the page. */
  readonly name: string;
  readonly tone: string;
  readonly percent: number;
  readonly onSlide: (percent: number) => void;
  readonly onType: (percent: number) => void;
}

function PercentField({ label, name, tone, percent, onSlide, onType }: PercentFieldProps): JSX.Element {
  return (
    <div class={`slider ${tone}`}>
      <span class="slider-label" aria-hidden="true">
        {label}
      </span>
      <input
        type="range"
        aria-label={name}
        aria-valuetext={`${formatPercent(percent)} %`}
        min={0}
        max={100}
        step={1}
        value={percent}
        onInput={({ currentTarget }) => onSlide(Number(currentTarget.value))}
      />
      <span class="slider-value">
        <input
          type="number"
          aria-label={`${name}, exactly`}
          min={0}
          max={100}
          step={0.01}
          value={formatPercent(percent)}
          onInput={({ currentTarget }) => onType(currentTarget.value === '' ? Number.NaN : Number(currentTarget.value))}
        />
        <span aria-hidden="true">%</span>
      </span>
    </div>
  );
}

/** A variation may have several ranges: what was appended stands at the end of the line. */
function spansOf(
  traffic: readonly TrafficRange[],
  indexOf: (variationId: string) => number,
  nameOf: (variationId: string) => string,
): readonly LineSpan[] {
  let start = 0;
  return traffic.map(({ entityId, endOfRange }) => {
    const span = {
      start,
      end: Math.max(start, endOfRange),
      name: entityId === '' ? null : nameOf(entityId),
      index: indexOf(entityId),
    };
    start = span.end;
    return span;
  });
}
