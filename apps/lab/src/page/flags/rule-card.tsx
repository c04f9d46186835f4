/** One rule: whom it is for, how its traffic is split, whether it runs. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { AudienceSentence } from '../audiences/audience-sentence.tsx';
import type { RuleChange } from '../lab/api.ts';
import { useLab } from '../lab/lab-session.ts';
import type { Project, ProjectFlag, ProjectRule, RuleKind } from '../lab/project.ts';
import { ConfirmButton } from '../parts/confirm-button.tsx';
import { formatBuckets } from '../parts/format.ts';
import { RuleAudienceDialog } from './rule-audience-dialog.tsx';
import { TrafficEditor } from './traffic-editor.tsx';
import { VariationsDialog } from './variations-dialog.tsx';

const KIND_LABELS: Readonly<Record<RuleKind, string>> = {
  holdout: 'Holdout of every flag',
  experiment: 'Experiment',
  bandit: 'Bandit',
  delivery: 'Delivery',
};

interface RuleCardProps {
  readonly rule: ProjectRule;
  readonly position: number;
  readonly project: Project;
  readonly isLast: boolean;
  /** Absent for holdouts, which belong to every flag. */
  readonly flag?: ProjectFlag;
  /** Moves the rule by places; down is 1. */
  readonly move?: (by: number) => void;
  readonly canMove?: { readonly up: boolean; readonly down: boolean };
  readonly onDrag?: (isDragged: boolean) => void;
}

export function RuleCard(props: RuleCardProps): JSX.Element {
  const { rule, position, project, isLast, flag, move, canMove, onDrag } = props;
  const isEditingVariations = useSignal(false);
  const lab = useLab();
  const isEditing = useSignal(false);
  const publish = (change: RuleChange) => lab.publish((base) => lab.api.changeRule(base, rule.id, change));
  const allowListed = Object.entries(rule.allowList);
  return (
    <section class={`card rule ${rule.isRunning ? '' : 'paused'}`} aria-labelledby={`rule-${rule.id}`}>
      <header class="row between">
        <div class="rule-heading">
          {move === undefined ? (
            <span class="rule-position">{position}</span>
          ) : (
            <button
              type="button"
              class="rule-position"
              aria-label={`Place of ${rule.key}: ${position}. Arrow keys move it.`}
              title="Drag it, or move it with the arrow keys"
              draggable
              onDragStart={() => onDrag?.(true)}
              onDragEnd={() => onDrag?.(false)}
              onKeyDown={(event) => {
                const by = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0;
                if (by === 0) return;
                event.preventDefault();
                if (by < 0 ? canMove?.up : canMove?.down) move(by);
              }}
            >
              {position}
            </button>
          )}
          <div>
            <h3 id={`rule-${rule.id}`} class="code">
              {rule.key}
            </h3>
            <span class="soft small">
              {isLast && rule.kind === 'delivery' ? 'Delivery for everyone else' : KIND_LABELS[rule.kind]}
            </span>
          </div>
        </div>
        <button
          type="button"
          class="switch"
          role="switch"
          aria-checked={rule.isRunning}
          onClick={() => publish({ status: rule.isRunning ? 'Paused' : 'Running' })}
        >
          <span>
            <span class="visually-hidden">{rule.key} </span>
            {rule.isRunning ? 'Running' : 'Paused'}
          </span>
        </button>
      </header>
      <div class="row between rule-audience">
        <p>
          <span class="soft">For </span>
          <AudienceSentence tree={rule.audience} project={project} />
        </p>
        <button
          type="button"
          class="quiet"
          onClick={() => {
            isEditing.value = true;
          }}
        >
          <span>
            Change audience<span class="visually-hidden"> of {rule.key}</span>
          </span>
        </button>
      </div>
      {allowListed.length > 0 && (
        <p class="small soft">
          Allow-list, before audience and traffic: {allowListed.map(([user, key]) => `${user} gets ${key}`).join(', ')}.
        </p>
      )}
      {rule.group && (
        <p class="small soft">
          Takes turns with other experiments: {formatBuckets(rule.group.end - rule.group.start)} of all users may enter
          this one.
        </p>
      )}
      {rule.kind === 'bandit' ? (
        <p class="small soft">A prediction service picks the variation for each user; there is no split to move.</p>
      ) : (
        <TrafficEditor rule={rule} />
      )}
      <footer class="row rule-foot">
        {flag !== undefined && rule.kind !== 'bandit' && (
          <button
            type="button"
            class="quiet"
            onClick={() => {
              isEditingVariations.value = true;
            }}
          >
            <span>
              Edit variations<span class="visually-hidden"> of {rule.key}</span>
            </span>
          </button>
        )}
        {canMove?.up && (
          <button type="button" class="quiet" onClick={() => move?.(-1)}>
            <span>
              Move up<span class="visually-hidden"> {rule.key}</span>
            </span>
          </button>
        )}
        {canMove?.down && (
          <button type="button" class="quiet" onClick={() => move?.(1)}>
            <span>
              Move down<span class="visually-hidden"> {rule.key}</span>
            </span>
          </button>
        )}
        <ConfirmButton
          label={`Delete ${rule.key}`}
          question={`Delete ${rule.key}?`}
          text="Its users get what the next rule serves. History can bring it back."
          confirm={() => lab.publish((base) => lab.api.deleteRule(base, rule.id))}
        />
      </footer>
      {isEditingVariations.value && flag !== undefined && (
        <VariationsDialog
          rule={rule}
          flag={flag}
          close={() => {
            isEditingVariations.value = false;
          }}
        />
      )}
      {isEditing.value && (
        <RuleAudienceDialog
          rule={rule}
          project={project}
          publish={(audienceConditions) => publish({ audienceConditions })}
          close={() => {
            isEditing.value = false;
          }}
        />
      )}
    </section>
  );
}
