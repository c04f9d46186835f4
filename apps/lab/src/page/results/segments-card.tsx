/** Figures by the values of an attribute, when the reader asks for one. */
import type { JSX } from 'preact';
import { useCallback, useId } from 'preact/hooks';
import type { ResultSegment, VariationResult } from '../../api/experiment-results.ts';
import type { ResultQuery } from '../lab/api.ts';
import { useLab } from '../lab/lab-session.ts';
import { formatCount, formatRate } from '../parts/format.ts';
import { Empty, Failure } from '../parts/message.tsx';
import { ScrollRegion } from '../parts/scroll-region.tsx';
import { useLoaded } from '../parts/use-loaded.ts';
import { VariationName } from '../parts/variation-name.tsx';

const NONE: readonly ResultSegment[] = [];

interface SegmentsCardProps {
  readonly query: ResultQuery;
  readonly variations: readonly VariationResult[];
  /** Empty for none. */
  readonly attribute: string;
  readonly choose: (attribute: string) => void;
}

export function SegmentsCard({ query, variations, attribute, choose }: SegmentsCardProps): JSX.Element {
  const { api, project } = useLab();
  const id = useId();
  const { ruleId, eventKey, period, controlId } = query;
  const load = useCallback(
    async () => (attribute === '' ? NONE : api.fetchResultSegments(query, attribute)),
    [api, ruleId, eventKey, period, controlId, attribute],
  );
  const { value: segments, failure, reload } = useLoaded(load);
  return (
    <section class="card stack-s" aria-labelledby="segments-title">
      <div class="row between">
        <h2 id="segments-title">By attribute</h2>
        <div class="row">
          <label for={id} class="visually-hidden">
            Attribute
          </label>
          <select id={id} value={attribute} onChange={({ currentTarget }) => choose(currentTarget.value)}>
            <option value="">choose one</option>
            {(project.value?.attributes ?? []).map((key) => (
              <option key={key} value={key}>
                {key}
              </option>
            ))}
          </select>
        </div>
      </div>
      {failure !== null ? (
        <Failure text={failure} retry={reload} />
      ) : attribute === '' ? (
        <p class="small soft">
          Differences between small groups come about by chance: look here for a bug, not for the answer.
        </p>
      ) : segments !== undefined && segments.length === 0 ? (
        <Empty title="No user was seen yet" />
      ) : (
        <ScrollRegion label="Figures by attribute">
          <table>
            <thead>
              <tr>
                <th scope="col">{attribute}</th>
                {variations.map(({ variationId, variationKey }, index) => (
                  <th key={variationId} scope="col" class="number">
                    <VariationName name={variationKey} index={index} />
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {(segments ?? NONE).map((segment) => (
                <tr key={String(segment.value)}>
                  <th scope="row">
                    {segment.value === null ? <span class="soft">absent</span> : <code>{segment.value}</code>}
                  </th>
                  {segment.variations.map(({ variationId, visitors, rate }) => (
                    <td key={variationId} class="number">
                      {visitors === 0 ? '–' : formatRate(rate)}{' '}
                      <span class="soft small">of {formatCount(visitors)}</span>
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollRegion>
      )}
    </section>
  );
}
