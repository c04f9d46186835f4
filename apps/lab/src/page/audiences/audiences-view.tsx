/** Audiences: what each one means, which rules use it, and an editor for its conditions. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useLab } from '../lab/lab-session.ts';
import type { Project, ProjectAudience } from '../lab/project.ts';
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
  const edited = useSignal<ProjectAudience | null>(null);
  if (project.audiences.length === 0) return <Empty title="The datafile has no audiences" />;
  return (
    <>
      <ul class="tiles">
        {project.audiences.map((audience) => (
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
          </li>
        ))}
      </ul>
      {edited.value !== null && (
        <AudienceDialog
          audience={edited.value}
          project={project}
          close={() => {
            edited.value = null;
          }}
        />
      )}
    </>
  );
}
