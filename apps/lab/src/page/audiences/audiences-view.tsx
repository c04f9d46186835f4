/** Audiences: what each one means, which rules use it, and an editor for its conditions. */
import type { JSX } from 'preact';
import { useLab } from '../lab/lab-session.ts';
import type { Project } from '../lab/project.ts';
import { ConfirmButton } from '../parts/confirm-button.tsx';
import { plural } from '../parts/format.ts';
import { Icon } from '../parts/icon.tsx';
import { Empty, Failure, Loading } from '../parts/message.tsx';
import { useListSearch } from '../parts/search-address.ts';
import { SearchField } from '../parts/search-field.tsx';
import { ViewHead } from '../parts/view-head.tsx';
import { linkTo, replaceRoute, route } from '../route.ts';
import { AudienceDialog } from './audience-dialog.tsx';
import { ConditionsSentence } from './audience-sentence.tsx';
import { formatPhrase, phraseOfAudience } from './condition-text.ts';

/** In the address, in place of an id. */
const NEW = 'new';

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
  const { words, search, matches } = useListSearch();
  const { selected } = route.value;
  const edited = selected === NEW ? NEW : (project.audiences.find(({ id }) => id === selected) ?? null);
  const linkToEdited = (id?: string) => linkTo('audiences', id, words === '' ? {} : { q: words });
  const nameOf = (id: string) => project.audiences.find((each) => each.id === id)?.name ?? id;
  const shown = project.audiences.filter(({ name, conditions, usedBy }) =>
    matches(name, formatPhrase(phraseOfAudience(conditions), nameOf), ...usedBy),
  );
  return (
    <>
      <div class="row list-tools">
        <SearchField
          label="Search audiences"
          placeholder={`Search ${plural(project.audiences.length, 'audience')}`}
          words={words}
          search={search}
        />
        <button
          type="button"
          onClick={() => {
            location.hash = linkToEdited(NEW);
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
                  location.hash = linkToEdited(audience.id);
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
      {edited !== null && (
        <AudienceDialog
          key={edited === NEW ? NEW : edited.id}
          audience={edited === NEW ? null : edited}
          project={project}
          close={() => replaceRoute(linkToEdited())}
        />
      )}
    </>
  );
}
