/** User explorer: every decision for one user, made in this browser, and why. */
import type { JSX } from 'preact';
import { useCallback, useState } from 'preact/hooks';
import { useLab } from '../lab/lab-session.ts';
import type { Project } from '../lab/project.ts';
import { sentenceOf } from '../lab/sentence-of.ts';
import { Failure, Loading } from '../parts/message.tsx';
import { useLoaded } from '../parts/use-loaded.ts';
import { ViewHead } from '../parts/view-head.tsx';
import { replaceRoute, route } from '../route.ts';
import { BesideCard } from './beside-card.tsx';
import { DecisionList } from './decision-list.tsx';
import { useDecisions } from './decisions.ts';
import { attributeFields, knownSegments, readAttributes } from './explored-user.ts';
import { RecentUsers } from './recent-users.tsx';
import { useRevisionClient } from './revision-client.ts';
import { linkToUser, readUserAddress, type UserAddress } from './user-address.ts';
import { UserForm } from './user-form.tsx';
import { WhyCard } from './why-card.tsx';

export function UsersView(): JSX.Element {
  const { project, liveRevision, failure, reload } = useLab();
  return (
    <>
      <ViewHead
        title="Users"
        purpose="Type any user id. The decisions are made here in your browser by the same client an application uses, and again whenever the datafile changes."
      />
      {project.value !== null && liveRevision.value !== null ? (
        <Explorer project={project.value} revision={liveRevision.value} />
      ) : failure.value !== null ? (
        <Failure text={failure.value} retry={reload} />
      ) : (
        <Loading what="the datafile" />
      )}
    </>
  );
}

function Explorer({ project: published, revision: live }: { project: Project; revision: string }): JSX.Element {
  const { api, client: liveClient } = useLab();
  const { parameters } = route.value;
  const asked = parameters.get('revision');
  const past = useRevisionClient(api, asked === live ? null : asked);
  const isPast = past !== null && typeof past !== 'string';
  const { client, project, revision } = isPast ? past : { client: liveClient, project: published, revision: live };
  const address = readUserAddress(parameters, project);
  const { user: explored, flagKey, forced, beside } = address;
  const fields = attributeFields(project);
  const attributes = readAttributes(explored.fields, fields);
  const { segments, save } = useSegments(explored.userId);
  const outcome = useDecisions(
    client,
    explored.userId,
    attributes,
    segments,
    revision,
    forced === null ? null : { flagKey, variationKey: forced },
  );
  const made = typeof outcome === 'string' ? null : outcome;
  const show = (changes: Partial<UserAddress>) => replaceRoute(linkToUser({ ...address, ...changes }));
  return (
    <div class="explorer">
      <div class="stack explorer-side">
        <UserForm
          user={explored}
          attributes={fields}
          segments={segments}
          offeredSegments={[...new Set([...knownSegments(project), ...segments])]}
          change={(user) => show({ user })}
          changeSegments={save}
          putBeside={beside.length < MAX_BESIDE ? () => show({ beside: [...beside, explored] }) : null}
        />
        <RecentUsers look={(user) => show({ user })} />
      </div>
      <div class="stack">
        {asked !== null && asked !== live && (
          <p class="banner">
            {isPast
              ? `Decided with revision ${asked}, as the event was; revision ${live} is published now. `
              : typeof past === 'string'
                ? `Revision ${asked} cannot be had (${past}); these are the decisions of revision ${live}. `
                : `Loading revision ${asked} … `}
            <a href={linkToUser({ ...address, revision: null })}>Decide with what is published</a>
          </p>
        )}
        <DecisionList
          project={project}
          made={made}
          flagKey={flagKey}
          forced={forced}
          choose={(key) => show({ flagKey: key, forced: null, asked: null })}
        />
        <WhyCard project={project} address={address} outcome={outcome} canSend={!isPast} show={show} />
        {beside.length > 0 && (
          <BesideCard
            client={client}
            project={project}
            revision={revision}
            fields={fields}
            address={address}
            show={show}
          />
        )}
      </div>
    </div>
  );
}

/** More would not fit on a screen, and each is decided anew with every letter typed. */
const MAX_BESIDE = 4;

const NO_SEGMENTS: readonly string[] = [];

/** The segments the lab's data platform has for the user; a change is shown at once and saved behind. */
function useSegments(userId: string): { segments: readonly string[]; save: (segments: readonly string[]) => void } {
  const { api, notice } = useLab();
  const [changed, setChanged] = useState<{ userId: string; segments: readonly string[] } | null>(null);
  const load = useCallback(async () => (userId === '' ? NO_SEGMENTS : api.fetchSegments(userId)), [api, userId]);
  const { value = NO_SEGMENTS } = useLoaded(load);
  return {
    segments: changed?.userId === userId ? changed.segments : value,
    save(segments) {
      setChanged({ userId, segments });
      api.saveSegments(userId, segments).catch((error: unknown) => {
        setChanged(null);
        notice.value = { tone: 'bad', text: `The segments were not saved. ${sentenceOf(error)}` };
      });
    },
  };
}
