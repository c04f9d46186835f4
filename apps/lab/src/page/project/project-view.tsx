/** The project as a whole: import and export, events, attributes, holdouts, and its history. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { HistoryCard } from '../history/history-card.tsx';
import { useLab } from '../lab/lab-session.ts';
import type { Project } from '../lab/project.ts';
import { ConfirmButton } from '../parts/confirm-button.tsx';
import { plural } from '../parts/format.ts';
import { Icon } from '../parts/icon.tsx';
import { KeyDialog } from '../parts/key-dialog.tsx';
import { Failure, Loading } from '../parts/message.tsx';
import { hasEveryWord, wordsOf } from '../parts/search-address.ts';
import { SearchField } from '../parts/search-field.tsx';
import { ViewHead } from '../parts/view-head.tsx';
import { TransferCard } from './transfer-card.tsx';

export function ProjectView(): JSX.Element {
  const { project, failure, reload } = useLab();
  return (
    <>
      <ViewHead title="Project" purpose="What belongs to no single flag, and everything that was published so far." />
      {project.value !== null ? (
        <div class="stack">
          <TransferCard />
          <div class="tiles">
            <ListCard list="conversion-events" title="Events" one="event" keys={project.value.events} />
            <ListCard list="attributes" title="Attributes" one="attribute" keys={project.value.attributes} />
            <HoldoutsCard project={project.value} />
          </div>
          <HistoryCard revision={project.value.revision} />
        </div>
      ) : failure.value !== null ? (
        <Failure text={failure.value} retry={reload} />
      ) : (
        <Loading what="the project" />
      )}
    </>
  );
}

/** Shorter lists are in sight as they are. */
const LEAST_SEARCHED = 8;

interface ListCardProps {
  readonly list: 'attributes' | 'conversion-events';
  readonly title: string;
  readonly one: string;
  readonly keys: readonly string[];
}

function ListCard({ list, title, one, keys }: ListCardProps): JSX.Element {
  const { api, publish } = useLab();
  const isCreating = useSignal(false);
  const words = useSignal('');
  const shown = keys.filter((key) => hasEveryWord(wordsOf(words.value), key));
  return (
    <section class="card stack-s" aria-label={title}>
      <div class="row between">
        <h2>{title}</h2>
        <button
          type="button"
          onClick={() => {
            isCreating.value = true;
          }}
        >
          <Icon name="plus" />
          New {one}
        </button>
      </div>
      {keys.length >= LEAST_SEARCHED && (
        <SearchField
          label={`Search ${title.toLowerCase()}`}
          placeholder={`Search ${plural(keys.length, one)}`}
          words={words.value}
          search={(next) => {
            words.value = next;
          }}
        />
      )}
      <ul class="stack-s">
        {shown.map((key) => (
          <li key={key} class="row between">
            <code>{key}</code>
            <ConfirmButton
              label={`Delete ${key}`}
              question={`Delete ${key}?`}
              text={`The ${one} goes from the datafile; what was collected stays.`}
              confirm={() => publish((base) => api.deleteListed(base, list, key))}
            />
          </li>
        ))}
      </ul>
      {isCreating.value && (
        <KeyDialog
          title={`New ${one}`}
          create={(base, key) => api.createListed(base, list, key)}
          close={() => {
            isCreating.value = false;
          }}
        />
      )}
    </section>
  );
}

const HOLDOUT_SHARE = 5;

function HoldoutsCard({ project }: { project: Project }): JSX.Element {
  const { api, publish } = useLab();
  const isCreating = useSignal(false);
  return (
    <section class="card stack-s" aria-label="Holdouts">
      <div class="row between">
        <h2>Holdouts</h2>
        <button
          type="button"
          onClick={() => {
            isCreating.value = true;
          }}
        >
          <Icon name="plus" />
          New holdout
        </button>
      </div>
      <ul class="stack-s">
        {project.holdouts.map(({ id, key }) => (
          <li key={id} class="row between">
            <code>{key}</code>
            <ConfirmButton
              label={`Delete ${key}`}
              question={`Delete ${key}?`}
              text="Its users enter experiments from then on."
              confirm={() => publish((base) => api.deleteRule(base, id))}
            />
          </li>
        ))}
      </ul>
      {isCreating.value && (
        <KeyDialog
          title="New holdout"
          create={(base, key) => api.createHoldout(base, { key, share: HOLDOUT_SHARE })}
          close={() => {
            isCreating.value = false;
          }}
        >
          <p class="small soft">
            It keeps {HOLDOUT_SHARE} % of users out of every flag; its card with a flag changes that.
          </p>
        </KeyDialog>
      )}
    </section>
  );
}
