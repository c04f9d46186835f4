/** Every revision that was published: what it changed, and the way back to it. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Difference, VersionRow } from '../../api/history.ts';
import { useLab } from '../lab/lab-session.ts';
import { sentenceOf } from '../lab/sentence-of.ts';
import { ConfirmButton } from '../parts/confirm-button.tsx';
import { formatDate } from '../parts/format.ts';
import { Failure, Loading } from '../parts/message.tsx';
import { DifferenceList } from './difference-list.tsx';

const PAGE = 50;

/** @param props.revision In effect; another one loads the list again. */
export function HistoryCard({ revision }: { revision: string }): JSX.Element {
  const { api, publish } = useLab();
  const versions = useSignal<readonly VersionRow[] | null>(null);
  const failure = useSignal<string | null>(null);
  const opened = useSignal<{ readonly title: string; readonly differences: readonly Difference[] | null } | null>(null);
  const hasMore = useSignal(false);

  const load = async (before?: string) => {
    try {
      const page = await api.fetchHistory(before);
      versions.value = before === undefined ? page : [...(versions.value ?? []), ...page];
      hasMore.value = page.length === PAGE;
      failure.value = null;
    } catch (error) {
      failure.value = sentenceOf(error);
    }
  };
  useEffect(() => void load(), [revision]);
  const compare = async (title: string, from: string, to: string) => {
    opened.value = { title, differences: null };
    try {
      opened.value = { title, differences: await api.compare(from, to) };
    } catch (error) {
      opened.value = null;
      failure.value = sentenceOf(error);
    }
  };

  if (failure.value !== null) return <Failure text={failure.value} retry={() => load()} />;
  if (versions.value === null) return <Loading what="the history" />;
  return (
    <section class="card stack-s" aria-label="History">
      <h2>History</h2>
      <ol class="history">
        {versions.value.map(({ revision: each, publishedAt, summary }, index, all) => {
          const before = all[index + 1]?.revision;
          return (
            <li key={each} class="row between">
              <span>
                <b>{each}</b> {summary}
                <br />
                <span class="soft small">{formatDate(publishedAt)}</span>
              </span>
              <span class="row">
                {before !== undefined && (
                  <button
                    type="button"
                    class="quiet"
                    onClick={() => compare(`What revision ${each} changed`, before, each)}
                  >
                    <span>
                      Show the change<span class="visually-hidden"> of revision {each}</span>
                    </span>
                  </button>
                )}
                {each !== revision && (
                  <>
                    <button
                      type="button"
                      class="quiet"
                      onClick={() => compare(`From revision ${each} to now`, each, revision)}
                    >
                      <span>
                        Compare with now<span class="visually-hidden"> revision {each}</span>
                      </span>
                    </button>
                    <ConfirmButton
                      label={`Restore ${each}`}
                      question={`Restore revision ${each}?`}
                      text="It is published again under the next revision; users may get other variations than now."
                      confirm={() => publish((base) => api.restore(base, each))}
                    />
                  </>
                )}
              </span>
            </li>
          );
        })}
      </ol>
      {hasMore.value && (
        <button type="button" onClick={() => load(versions.value?.at(-1)?.revision)}>
          Show older revisions
        </button>
      )}
      {opened.value !== null && (
        <section class="stack-s" aria-label={opened.value.title}>
          <h3>{opened.value.title}</h3>
          {opened.value.differences === null ? (
            <Loading what="the difference" />
          ) : (
            <DifferenceList differences={opened.value.differences} />
          )}
        </section>
      )}
    </section>
  );
}
