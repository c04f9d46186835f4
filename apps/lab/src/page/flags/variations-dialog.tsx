/** Edits the variations of a rule: keys, whether the flag is on, and the values of its variables. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import type { VariationChange } from '../lab/api.ts';
import { useLab } from '../lab/lab-session.ts';
import type { ProjectFlag, ProjectRule } from '../lab/project.ts';
import { Icon } from '../parts/icon.tsx';
import { Modal } from '../parts/modal.tsx';

interface VariationsDialogProps {
  readonly rule: ProjectRule;
  readonly flag: ProjectFlag;
  readonly close: () => void;
}

export function VariationsDialog({ rule, flag, close }: VariationsDialogProps): JSX.Element {
  const lab = useLab();
  const problem = useSignal<string | null>(null);
  const rows = useSignal<readonly VariationChange[]>(rule.variations.map((variation) => toChange(variation, flag)));
  const setRow = (index: number, change: Partial<VariationChange>) => {
    rows.value = rows.value.map((row, at) => (at === index ? { ...row, ...change } : row));
  };
  const submit = async () => {
    const change = { variations: rows.value, allowMoves: true };
    if (await lab.publish((base) => lab.api.changeRule(base, rule.id, change))) close();
    else problem.value = lab.notice.value?.text ?? 'It was not published.';
  };
  return (
    <Modal title={`Variations of ${rule.key}`} submitLabel="Publish" onSubmit={submit} onClose={close}>
      <ol class="stack">
        {rows.value.map((row, index) => (
          // Rows have no identity but their position.
          <li key={`${index}/${rows.value.length}`}>
            <fieldset class="stack-s boxed">
              <legend class="visually-hidden">Variation {index + 1}</legend>
              <div class="row">
                <input
                  aria-label="Key"
                  value={row.key}
                  onInput={({ currentTarget }) => setRow(index, { key: currentTarget.value })}
                />
                <label class="choice">
                  <input
                    type="checkbox"
                    checked={row.featureEnabled}
                    onChange={({ currentTarget }) => setRow(index, { featureEnabled: currentTarget.checked })}
                  />
                  on
                </label>
                <button
                  type="button"
                  class="quiet square"
                  aria-label={`Remove variation ${index + 1}`}
                  onClick={() => {
                    rows.value = rows.value.filter((_, at) => at !== index);
                  }}
                >
                  <Icon name="cross" />
                </button>
              </div>
              {flag.variables.map((variable) => (
                <label class="attribute" key={variable.id}>
                  <span class="code">{variable.key}</span>
                  <input
                    value={row.variables[variable.key] ?? ''}
                    placeholder={`default: ${variable.defaultValue}`}
                    onInput={({ currentTarget }) =>
                      setRow(index, { variables: withValue(row.variables, variable.key, currentTarget.value) })
                    }
                  />
                </label>
              ))}
            </fieldset>
          </li>
        ))}
      </ol>
      <div>
        <button
          type="button"
          onClick={() => {
            rows.value = [...rows.value, { key: '', featureEnabled: true, variables: {} }];
          }}
        >
          <Icon name="plus" />
          Add a variation
        </button>
      </div>
      <p class="small soft">A new variation starts without traffic; users of one that is removed leave the split.</p>
      {problem.value !== null && (
        <p class="problem" role="alert">
          {problem.value}
        </p>
      )}
    </Modal>
  );
}

function toChange(
  { id, key, featureEnabled = false, variables = [] }: ProjectRule['variations'][number],
  flag: ProjectFlag,
): VariationChange {
  const keyOf = (variableId: string) => flag.variables.find((variable) => variable.id === variableId)?.key;
  const values = variables.flatMap((usage) => {
    const name = keyOf(usage.id);
    return name === undefined ? [] : [[name, usage.value] as const];
  });
  return { id, key, featureEnabled, variables: Object.fromEntries(values) };
}

/** An empty field has the default. */
function withValue(values: VariationChange['variables'], key: string, value: string): VariationChange['variables'] {
  const { [key]: _, ...rest } = values;
  return value === '' ? rest : { ...rest, [key]: value };
}
