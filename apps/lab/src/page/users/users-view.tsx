/** User explorer: every decision for one user, made in this browser, and why. */
import type { JSX } from 'preact';
import { useCallback, useId, useState } from 'preact/hooks';
import type { Decision } from 'sortition';
import { useLab } from '../lab/lab-session.ts';
import type { Project } from '../lab/project.ts';
import { sentenceOf } from '../lab/sentence-of.ts';
import { Empty, Failure, Loading } from '../parts/message.tsx';
import { useLoaded } from '../parts/use-loaded.ts';
import { VariationName } from '../parts/variation-name.tsx';
import { ViewHead } from '../parts/view-head.tsx';
import { linkTo, replaceRoute, route } from '../route.ts';
import { useDecisions } from './decisions.ts';
import { ExplanationPanel } from './explanation-panel.tsx';
import {
  attributeFields,
  type ExploredUser,
  knownSegments,
  readAttributes,
  readUser,
  userParameters,
} from './explored-user.ts';
import { useRevisionClient } from './revision-client.ts';
import { SendEvents } from './send-events.tsx';
import { UserForm } from './user-form.tsx';

/** Shown until the reader types somebody else: lands in an experiment. */
const FIRST_USER: ExploredUser = { userId: 'katherine', fields: { plan: 'gold', country: 'DE' } };

export function UsersView(): JSX.Element {
  const { project, liveRevision, failure, reload } = useLab();
  return (
    <>
      <ViewHead
        title="Users"
        purpose="Type anybody. The decisions are made here in your browser by the same client an application uses, and again whenever the datafile changes."
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
  const forceId = useId();
  const { parameters } = route.value;
  const asked = parameters.get('revision');
  const past = useRevisionClient(api, asked === live ? null : asked);
  const isPast = past !== null && typeof past !== 'string';
  const { client, project, revision } = isPast ? past : { client: liveClient, project: published, revision: live };
  const explored = readUser(parameters) ?? FIRST_USER;
  const flagKey = parameters.get('flag') ?? project.flags[0]?.key ?? '';
  const forcedKey = parameters.get('force');
  const attributes = attributeFields(project);
  const { segments, save } = useSegments(explored.userId);
  const outcome = useDecisions(
    client,
    explored.userId,
    readAttributes(explored.fields, attributes),
    segments,
    revision,
    forcedKey === null ? null : { flagKey, variationKey: forcedKey },
  );
  const made = typeof outcome === 'string' ? null : outcome;
  const decision = made?.decisions[flagKey];
  const flag = project.flags.find(({ key }) => key === flagKey);
  const show = (user: ExploredUser, shownFlag: string) =>
    replaceRoute(
      linkTo('users', undefined, {
        ...userParameters(user),
        flag: shownFlag,
        ...(asked !== null && { revision: asked }),
      }),
    );
  return (
    <div class="explorer">
      <UserForm
        user={explored}
        attributes={attributes}
        segments={segments}
        offeredSegments={[...new Set([...knownSegments(project), ...segments])]}
        change={(user) => show(user, flagKey)}
        changeSegments={save}
      />
      <div class="stack">
        {asked !== null && asked !== live && (
          <p class="banner">
            {isPast
              ? `Decided with revision ${asked}, as the event was; revision ${live} is published now. `
              : typeof past === 'string'
                ? `Revision ${asked} cannot be had (${past}); these are the decisions of revision ${live}. `
                : `Loading revision ${asked} … `}
            <a href={linkTo('users', undefined, { ...userParameters(explored), flag: flagKey })}>
              Decide with what is published
            </a>
          </p>
        )}
        <section class="card stack-s" aria-labelledby="decisions-title">
          <h2 id="decisions-title">Decisions</h2>
          <ul class="decisions" aria-live="polite">
            {project.flags.map(({ key }) => (
              <li key={key}>
                <button
                  type="button"
                  class="decision"
                  aria-pressed={key === flagKey}
                  onClick={() => show(explored, key)}
                >
                  <DecisionSummary flagKey={key} decision={made?.decisions[key]} project={project} />
                </button>
              </li>
            ))}
          </ul>
        </section>
        <section class="card stack" aria-labelledby="why-title">
          <header class="row between">
            <h2 id="why-title">
              Why <code>{flagKey}</code>
            </h2>
            {made && !isPast && <SendEvents user={made.user} decision={decision} eventKeys={project.events} />}
          </header>
          {flag !== undefined && (
            <div class="row">
              <label for={forceId} class="small soft">
                Force
              </label>
              <select
                id={forceId}
                value={forcedKey ?? ''}
                onChange={({ currentTarget: { value } }) =>
                  replaceRoute(
                    linkTo('users', undefined, {
                      ...userParameters(explored),
                      flag: flagKey,
                      ...(value !== '' && { force: value }),
                    }),
                  )
                }
              >
                <option value="">nothing: the rules decide</option>
                {[...new Set(flag.rules.flatMap(({ variations }) => variations.map(({ key }) => key)))].map((key) => (
                  <option key={key}>{key}</option>
                ))}
              </select>
              {forcedKey !== null && <span class="chip">forced</span>}
            </div>
          )}
          {typeof outcome === 'string' ? (
            <Empty title={outcome} />
          ) : made === null ? (
            <Loading what="the decisions" />
          ) : flag === undefined ? (
            <Empty title={`There is no flag "${flagKey}"`} />
          ) : (
            <ExplanationPanel explanation={made.user.explain(flagKey)} decision={decision} flag={flag} />
          )}
        </section>
      </div>
    </div>
  );
}

function DecisionSummary(props: { flagKey: string; decision: Decision | undefined; project: Project }): JSX.Element {
  const { flagKey, decision, project } = props;
  const rules = project.flags.find(({ key }) => key === flagKey)?.rules ?? [];
  const rule = rules.find(({ key }) => key === decision?.ruleKey);
  const variationKey = decision?.variationKey ?? null;
  const index = rule && rule.variations.length > 1 ? rule.variations.findIndex(({ key }) => key === variationKey) : -1;
  return (
    <>
      <span class="decision-flag">
        <span class={`chip ${decision?.enabled ? 'good' : ''}`}>{decision?.enabled ? 'on' : 'off'}</span>
        {flagKey}
      </span>
      <span class="decision-variation">
        {variationKey === null ? (
          <span class="soft">{decision === undefined ? '…' : 'no rule serves'}</span>
        ) : (
          <VariationName name={variationKey} index={index} />
        )}
        {decision?.ruleKey != null && <span class="soft small"> by {decision.ruleKey}</span>}
      </span>
    </>
  );
}

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
