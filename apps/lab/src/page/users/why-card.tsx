/** Why the user got what they got for one flag, what keeps another variation from them, and how to force one. */
import type { JSX } from 'preact';
import { useId } from 'preact/hooks';
import type { Project, ProjectFlag } from '../lab/project.ts';
import { CopyButton } from '../parts/copy-button.tsx';
import { Empty, Loading } from '../parts/message.tsx';
import type { UserDecisions } from './decisions.ts';
import { ExplanationPanel } from './explanation-panel.tsx';
import { BUCKETING_ID } from './explored-user.ts';
import { SendEvents } from './send-events.tsx';
import type { UserAddress } from './user-address.ts';
import { WhyNotPanel } from './why-not-panel.tsx';

interface WhyCardProps {
  readonly project: Project;
  readonly address: UserAddress;
  /** A sentence when the client refuses the user; `null` while it decides. */
  readonly outcome: UserDecisions | string | null;
  /** Events are sent of what is published, not of a past revision. */
  readonly canSend: boolean;
  readonly show: (changes: Partial<UserAddress>) => void;
}

export function WhyCard({ project, address, outcome, canSend, show }: WhyCardProps): JSX.Element {
  const { flagKey, forced, asked, user } = address;
  const flag = project.flags.find(({ key }) => key === flagKey);
  const made = typeof outcome === 'string' ? null : outcome;
  const decision = made?.decisions[flagKey];
  const explanation = made !== null && flag !== undefined ? made.user.explain(flagKey) : null;
  return (
    <section class="card stack" aria-labelledby="why-title">
      <header class="row between">
        <h2 id="why-title">
          Why <code>{flagKey}</code>
        </h2>
        {made && canSend && <SendEvents user={made.user} decision={decision} eventKeys={project.events} />}
      </header>
      {flag !== undefined && (
        <div class="row between">
          <ForceChoice flag={flag} forced={forced} force={(key) => show({ forced: key })} />
          <CopyButton label="Copy the link" text={() => location.href} />
        </div>
      )}
      {typeof outcome === 'string' ? (
        <Empty title={outcome} />
      ) : made === null ? (
        <Loading what="the decisions" />
      ) : flag === undefined || explanation === null ? (
        <Empty title={`There is no flag "${flagKey}"`} />
      ) : (
        <>
          <ExplanationPanel explanation={explanation} decision={decision} flag={flag} />
          <WhyNotPanel
            explanation={explanation}
            got={decision?.variationKey ?? null}
            flag={flag}
            project={project}
            bucketingId={user.fields[BUCKETING_ID] || user.userId}
            asked={asked}
            ask={(key) => show({ asked: key })}
          />
        </>
      )}
    </section>
  );
}

interface ForceChoiceProps {
  readonly flag: ProjectFlag;
  readonly forced: string | null;
  readonly force: (variationKey: string | null) => void;
}

function ForceChoice({ flag, forced, force }: ForceChoiceProps): JSX.Element {
  const id = useId();
  const keys = [...new Set(flag.rules.flatMap(({ variations }) => variations.map(({ key }) => key)))];
  return (
    <div class="row">
      <label for={id} class="small soft">
        Force
      </label>
      <select
        id={id}
        value={forced ?? ''}
        onChange={({ currentTarget: { value } }) => force(value === '' ? null : value)}
      >
        <option value="">nothing: the rules decide</option>
        {keys.map((key) => (
          <option key={key}>{key}</option>
        ))}
        {forced !== null && !keys.includes(forced) && <option>{forced}</option>}
      </select>
      {forced !== null && <span class="chip warn">forced</span>}
    </div>
  );
}
