/** One flag: its rules in the order they are tried, the variables it serves, and everything that can be done with it. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useLab } from '../lab/lab-session.ts';
import type { Project, ProjectFlag } from '../lab/project.ts';
import { ConfirmButton } from '../parts/confirm-button.tsx';
import { CopyButton } from '../parts/copy-button.tsx';
import { Icon } from '../parts/icon.tsx';
import { KeyDialog } from '../parts/key-dialog.tsx';
import { Empty } from '../parts/message.tsx';
import { linkTo } from '../route.ts';
import { curlCall, decideCall, testCode } from './flag-code.ts';
import { HoldoutCard } from './holdout-card.tsx';
import { RuleCard } from './rule-card.tsx';
import { VariableTable } from './variable-table.tsx';
import { VariablesDialog } from './variables-dialog.tsx';

export function FlagDetail({ flag, project }: { flag: ProjectFlag; project: Project }): JSX.Element {
  const { api, publish } = useLab();
  const created = useSignal<'experiment' | 'delivery' | null>(null);
  const isEditingVariables = useSignal(false);
  const dragged = useSignal<string | null>(null);
  const own = flag.rules.filter(({ kind }) => kind !== 'holdout');

  /** Puts a rule before another one; experiments stay before deliveries, which clients try after them. */
  const move = (ruleId: string, position: number) => {
    const order = own.map(({ id }) => id).filter((id) => id !== ruleId);
    order.splice(Math.max(0, position), 0, ruleId);
    void publish((base) => api.changeFlag(base, flag.key, { ruleOrder: order }));
  };
  return (
    <article class="stack">
      <header class="row between">
        <h2 class="code flag-title">{flag.key}</h2>
        <div class="row">
          <a href={linkTo('users', undefined, { flag: flag.key })}>Explain it for a user</a>
          <ConfirmButton
            label={`Delete ${flag.key}`}
            question={`Delete ${flag.key}?`}
            text="The flag goes with its rules; applications that ask for it get it switched off. History can bring it back."
            confirm={() => publish((base) => api.deleteFlag(base, flag.key))}
          />
        </div>
      </header>
      {flag.rules.length === 0 ? (
        <Empty title="This flag has no rules">
          <p>Everybody gets it switched off, with the defaults of its variables.</p>
        </Empty>
      ) : (
        <ol class="stack">
          {flag.rules.map((rule, index) => {
            const position = own.indexOf(rule);
            return (
              <li
                key={rule.id}
                draggable={false}
                onDragOver={(event) => {
                  if (dragged.value !== null && position >= 0) event.preventDefault();
                }}
                onDrop={(event) => {
                  event.preventDefault();
                  if (dragged.value !== null && position >= 0) move(dragged.value, position);
                  dragged.value = null;
                }}
              >
                {rule.kind === 'holdout' ? (
                  <HoldoutCard rule={rule} position={index + 1} project={project} />
                ) : (
                  <RuleCard
                    rule={rule}
                    flag={flag}
                    position={index + 1}
                    project={project}
                    isLast={index === flag.rules.length - 1}
                    move={(by) => move(rule.id, position + by)}
                    canMove={{ up: own[position - 1]?.kind === rule.kind, down: own[position + 1]?.kind === rule.kind }}
                    onDrag={(isDragged) => {
                      dragged.value = isDragged ? rule.id : null;
                    }}
                  />
                )}
              </li>
            );
          })}
        </ol>
      )}
      <div class="row">
        {(['experiment', 'delivery'] as const).map((kind) => (
          <button
            key={kind}
            type="button"
            onClick={() => {
              created.value = kind;
            }}
          >
            <Icon name="plus" />
            Add {kind === 'experiment' ? 'an experiment' : 'a delivery'}
          </button>
        ))}
        <button
          type="button"
          onClick={() => {
            isEditingVariables.value = true;
          }}
        >
          Edit variables
        </button>
      </div>
      {flag.variables.length > 0 && <VariableTable flag={flag} />}
      <details>
        <summary>Copy</summary>
        <div class="row copies">
          <CopyButton label="Decide call" text={() => decideCall(flag)} />
          <CopyButton label="curl" text={() => curlCall(location.origin, flag)} />
          <CopyButton label="Test" text={() => testCode(flag)} />
          <CopyButton label="JSON" text={() => JSON.stringify(flag, null, 2)} />
          <CopyButton label="Link" text={() => `${location.origin}/${linkTo('flags', flag.key)}`} />
        </div>
      </details>
      {created.value !== null && (
        <KeyDialog
          title={created.value === 'experiment' ? 'New experiment' : 'New delivery'}
          create={(base, key) => api.createRule(base, flag.key, { kind: created.value ?? 'experiment', key })}
          close={() => {
            created.value = null;
          }}
        >
          <p class="small soft">
            {created.value === 'experiment'
              ? 'It starts for everyone, with two variations that share the traffic.'
              : 'It starts for everyone, before the delivery for everyone else.'}
          </p>
        </KeyDialog>
      )}
      {isEditingVariables.value && (
        <VariablesDialog
          flag={flag}
          close={() => {
            isEditingVariables.value = false;
          }}
        />
      )}
    </article>
  );
}
