/** The step-by-step explanation of one flag: rule by rule, from the first that was looked at to the one that served. */
import type { JSX } from 'preact';
import type { Decision, Explanation } from 'sortition';
import type { ProjectFlag } from '../lab/project.ts';
import { Icon } from '../parts/icon.tsx';
import { VariationName } from '../parts/variation-name.tsx';
import { groupSteps, type StepGroup } from './explanation-groups.ts';
import { StepLine } from './step-line.tsx';

interface ExplanationPanelProps {
  readonly explanation: Explanation;
  /** What was decided; of a bandit only this has the prediction. */
  readonly decision: Decision | undefined;
  readonly flag: ProjectFlag | undefined;
}

export function ExplanationPanel({ explanation, decision, flag }: ExplanationPanelProps): JSX.Element {
  const groups = groupSteps(explanation);
  return (
    <ol class="steps">
      {groups.map((group, index) => (
        // A rule is looked at once, but the flag as a whole may be spoken of twice.
        <StepCard key={`${index}/${group.ruleKey}`} group={group} userId={explanation.userId} flag={flag} />
      ))}
      <li class="step last">
        <span class="step-dot served">
          <Icon name="flags" />
        </span>
        <div class="step-body">
          <Outcome decision={decision} explanation={explanation} flag={flag} />
        </div>
      </li>
    </ol>
  );
}

function StepCard(props: { group: StepGroup; userId: string; flag: ProjectFlag | undefined }): JSX.Element {
  const { group, userId, flag } = props;
  const rule = flag?.rules.find(({ key }) => key === group.ruleKey);
  const isServed = group.outcome === 'served';
  return (
    <li class="step">
      <span class={`step-dot ${isServed ? 'served' : ''}`}>
        <Icon name={isServed ? 'check' : 'cross'} />
      </span>
      <div class="step-body stack-s">
        <h4>
          {group.ruleKey === null ? 'The flag' : <code>{group.ruleKey}</code>}
          {rule && <span class="soft"> {rule.kind}</span>}
        </h4>
        {group.steps.map((step, index) => (
          <StepLine key={`${index}/${step.code}`} step={step} userId={userId} rule={rule} />
        ))}
      </div>
    </li>
  );
}

function Outcome({ decision, explanation, flag }: ExplanationPanelProps): JSX.Element {
  const variationKey = decision?.variationKey ?? explanation.variationKey;
  const ruleKey = decision?.ruleKey ?? explanation.ruleKey;
  const enabled = decision?.enabled ?? explanation.enabled;
  const variables = decision?.variables ?? explanation.variables;
  const rule = flag?.rules.find(({ key }) => key === ruleKey);
  const index = rule && rule.variations.length > 1 ? rule.variations.findIndex(({ key }) => key === variationKey) : -1;
  const entries = Object.entries(variables);
  return (
    <div class="stack-s">
      <h4>
        {enabled ? 'On' : 'Off'}
        {variationKey === null ? ': no rule serves this user' : ', with '}
        {variationKey !== null && <VariationName name={variationKey} index={index} />}
      </h4>
      {entries.length > 0 && (
        <dl class="facts">
          {entries.map(([key, value]) => (
            <div key={key}>
              <dt>
                <code>{key}</code>
              </dt>
              <dd>
                <code>{JSON.stringify(value)}</code>
              </dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  );
}
