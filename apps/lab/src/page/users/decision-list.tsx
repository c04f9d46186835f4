/** Every decision of the explored user at a glance; one of them is explained below. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import type { Decision } from 'sortition';
import type { Project } from '../lab/project.ts';
import { plural } from '../parts/format.ts';
import { hasEveryWord, wordsOf } from '../parts/search-address.ts';
import { SearchField } from '../parts/search-field.tsx';
import { VariationName } from '../parts/variation-name.tsx';
import type { UserDecisions } from './decisions.ts';

interface DecisionListProps {
  readonly project: Project;
  readonly made: UserDecisions | null;
  /** The flag that is explained. */
  readonly flagKey: string;
  /** The variation forced on that flag. */
  readonly forced: string | null;
  readonly choose: (flagKey: string) => void;
}

/** With fewer flags all are in sight. */
const LEAST_SEARCHED = 12;

export function DecisionList({ project, made, flagKey, forced, choose }: DecisionListProps): JSX.Element {
  const words = useSignal('');
  const wanted = wordsOf(words.value);
  const shown = project.flags.filter(({ key }) => hasEveryWord(wanted, key));
  return (
    <section class="card stack-s" aria-labelledby="decisions-title">
      <header class="row between">
        <h2 id="decisions-title">Decisions</h2>
        {project.flags.length >= LEAST_SEARCHED && (
          <SearchField
            class="narrow-search"
            label="Search decisions"
            placeholder={`Search ${plural(project.flags.length, 'flag')}`}
            words={words.value}
            search={(next) => {
              words.value = next;
            }}
          />
        )}
      </header>
      <ul class="decisions" aria-live="polite">
        {shown.map(({ key }) => (
          <li key={key}>
            <button type="button" class="decision" aria-pressed={key === flagKey} onClick={() => choose(key)}>
              <DecisionSummary
                flagKey={key}
                decision={made?.decisions[key]}
                project={project}
                isForced={key === flagKey && forced !== null}
              />
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

interface DecisionSummaryProps {
  readonly flagKey: string;
  readonly decision: Decision | undefined;
  readonly project: Project;
  readonly isForced: boolean;
}

function DecisionSummary({ flagKey, decision, project, isForced }: DecisionSummaryProps): JSX.Element {
  const rules = project.flags.find(({ key }) => key === flagKey)?.rules ?? [];
  const rule = rules.find(({ key }) => key === decision?.ruleKey);
  const variationKey = decision?.variationKey ?? null;
  const index = rule && rule.variations.length > 1 ? rule.variations.findIndex(({ key }) => key === variationKey) : -1;
  return (
    <>
      <span class="decision-flag">
        <span class={`chip ${decision?.enabled ? 'good' : ''}`}>{decision?.enabled ? 'on' : 'off'}</span>
        {flagKey}
        {isForced && <span class="chip warn">forced</span>}
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
