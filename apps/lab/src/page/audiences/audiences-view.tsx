/** Audiences: what each one means, which rules use it, and an editor for its conditions. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useLab } from '../lab/lab-session.ts';
import type { Project, ProjectAudience } from '../lab/project.ts';
import { ConfirmButton } from '../parts/confirm-button.tsx';
import { plural } from '../parts/format.ts';
import { Icon } from '../parts/icon.tsx';
import { Empty, Failure, Loading } from '../parts/message.tsx';
import { ViewHead } from '../parts/view-head.tsx';
import { AudienceDialog } from './audience-dialog.tsx';
import { ConditionsSentence } from './audience-sentence.tsx';

export function AudiencesView(): JSX.Element {
  const { project, failure, reload } = useLab();
  return (
    <>
      <ViewHead
        title="Audiences"
        purpose="Named conditions over what an application knows of a user: attributes it passes, and segments of the data platform."
      />
      {project.value !== null ? (
        <Audiences project={project.value} />
      ) : failure.value !== null ? (
        <Failure text={failure.value} retry={reload} />
      ) : (
        <Loading what="the audiences" />
      )}
    </>
  );
}

function Audiences({ project }: { project: Project }): JSX.Element {
  const { api, publish } = useLab();
  const edited = useSignal<ProjectAudience | 'new' | null>(null);
  const words = useSignal('');
  const shown = project.audiences.filter(({ name }) => name.toLowerCase().includes(words.value.trim().toLowerCase()));
  return (
    <>
      <div class="row list-tools">
        <input
          type="search"
          aria-label="Search audiences"
          placeholder={`Search ${plural(project.audiences.length, 'audience')}`}
          value={words.value}
          onInput={({ currentTarget }) => {
            words.value = currentTarget.value;
          }}
        />
        <button
          type="button"
          onClick={() => {
            edited.value = 'new';
          }}
        >
          <Icon name="plus" />
          New audience
        </button>
      </div>
      {project.audiences.length === 0 && <Empty title="The datafile has no audiences" />}
      <ul class="tiles">
        {shown.map((audience) => (
          <li key={audience.id} class="card stack-s audience">
            <div class="row between">
              <h2>{audience.name}</h2>
              <button
                type="button"
                aria-label={`Edit ${audience.name}`}
                onClick={() => {
                  edited.value = audience;
                }}
              >
                Edit
              </button>
            </div>
            <p>
              <ConditionsSentence tree={audience.conditions} project={project} />
            </p>
            <p class="small soft audience-use">
              {audience.usedBy.length === 0 ? 'No rule uses it.' : <>Used by {audience.usedBy.join(', ')}.</>}
            </p>
            {audience.usedBy.length === 0 && (
              <div>
                <ConfirmButton
                  label={`Delete ${audience.name}`}
                  question={`Delete ${audience.name}?`}
                  text="No rule uses it. History can bring it back."
                  confirm={() => publish((base) => api.deleteAudience(base, audience.id))}
                />
              </div>
            )}
          </li>
        ))}
      </ul>
      {edited.value !== null && (
        <AudienceDialog
          audience={edited.value === 'new' ? null : edited.value}
          project={project}
          close={() => {
            edited.value = null;
          }}
        />
      )}
    </>
  );
}
