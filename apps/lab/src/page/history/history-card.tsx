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
import { hasEveryWord, wordsOf } from '../parts/search-address.ts';
import { SearchField } from '../parts/search-field.tsx';
import { linkTo, replaceRoute, route } from '../route.ts';
import { DifferenceList } from './difference-list.tsx';

const PAGE = 50;
/** Shorter lists are in sight as they are. */
const LEAST_SEARCHED = 8;

/** @param props.revision In effect; another one loads the list again. */
export function HistoryCard({ revision }: { revision: string }): JSX.Element {
  const { api, publish } = useLab();
  const versions = useSignal<readonly VersionRow[] | null>(null);
  const failure = useSignal<string | null>(null);
  const opened = useSignal<{ readonly title: string; readonly differences: readonly Difference[] | null } | null>(null);
  const words = useSignal('');
  const { parameters } = route.value;
  const [from, to] = [parameters.get('from'), parameters.get('to')];
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
  useEffect(() => {
    if (from === null || to === null) {
      opened.value = null;
      return;
    }
    let isOver = false;
    const title = `From revision ${from} to ${to}`;
    opened.value = { title, differences: null };
    void api.compare(from, to).then(
      (differences) => {
        if (!isOver) opened.value = { title, differences };
      },
      (error: unknown) => {
        if (isOver) return;
        opened.value = null;
        failure.value = sentenceOf(error);
      },
    );
    return () => {
      isOver = true;
    };
  }, [api, from, to]);
  const compare = (first: string, second: string) =>
    replaceRoute(linkTo('project', undefined, { from: first, to: second }));

  if (failure.value !== null) return <Failure text={failure.value} retry={() => load()} />;
  if (versions.value === null) return <Loading what="the history" />;
  return (
    <section class="card stack-s" aria-label="History">
      <h2>History</h2>
      {versions.value.length >= LEAST_SEARCHED && (
        <SearchField
          label="Search the history"
          placeholder="Search by revision or what was changed"
          words={words.value}
          search={(next) => {
            words.value = next;
          }}
        />
      )}
      <ol class="history">
        {versions.value.map(({ revision: each, publishedAt, summary }, index, all) => {
          const before = all[index + 1]?.revision;
          if (!hasEveryWord(wordsOf(words.value), `${each} ${summary}`)) return null;
          return (
            <li key={each} class="row between">
              <span>
                <b>{each}</b> {summary}
                <br />
                <span class="soft small">{formatDate(publishedAt)}</span>
              </span>
              <span class="row">
                {before !== undefined && (
                  <button type="button" class="quiet" onClick={() => compare(before, each)}>
                    <span>
                      Show the change<span class="visually-hidden"> of revision {each}</span>
                    </span>
                  </button>
                )}
                {each !== revision && (
                  <>
                    <button type="button" class="quiet" onClick={() => compare(each, revision)}>
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
