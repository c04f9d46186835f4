/** Edits the variables of a flag. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import type { VariableChange } from '../lab/api.ts';
import { useLab } from '../lab/lab-session.ts';
import type { ProjectFlag } from '../lab/project.ts';
import { Icon } from '../parts/icon.tsx';
import { Modal } from '../parts/modal.tsx';

const TYPES = ['string', 'boolean', 'integer', 'double', 'json'];

export function VariablesDialog({ flag, close }: { flag: ProjectFlag; close: () => void }): JSX.Element {
  const lab = useLab();
  const problem = useSignal<string | null>(null);
  const rows = useSignal<readonly VariableChange[]>(
    flag.variables.map(({ key, type, subType, defaultValue }) => ({
      key,
      type: subType === 'json' ? 'json' : type,
      defaultValue,
    })),
  );
  const setRow = (index: number, change: Partial<VariableChange>) => {
    rows.value = rows.value.map((row, at) => (at === index ? { ...row, ...change } : row));
  };
  const submit = async () => {
    if (await lab.publish((base) => lab.api.changeFlag(base, flag.key, { variables: rows.value }))) close();
    else problem.value = lab.notice.value?.text ?? 'It was not published.';
  };
  return (
    <Modal title={`Variables of ${flag.key}`} submitLabel="Publish" onSubmit={submit} onClose={close}>
      <ol class="stack-s">
        {rows.value.map((row, index) => (
          // Rows have no identity but their position.
          <li key={`${index}/${rows.value.length}`}>
            <fieldset class="condition">
              <legend class="visually-hidden">Variable {index + 1}</legend>
              <input
                aria-label="Key"
                value={row.key}
                onInput={({ currentTarget }) => setRow(index, { key: currentTarget.value })}
              />
              <select
                aria-label="Type"
                value={row.type}
                onChange={({ currentTarget }) => setRow(index, { type: currentTarget.value })}
              >
                {TYPES.map((type) => (
                  <option key={type}>{type}</option>
                ))}
              </select>
              <input
                aria-label="Default"
                value={row.defaultValue}
                onInput={({ currentTarget }) => setRow(index, { defaultValue: currentTarget.value })}
              />
              <button
                type="button"
                class="quiet square"
                aria-label={`Remove variable ${index + 1}`}
                onClick={() => {
                  rows.value = rows.value.filter((_, at) => at !== index);
                }}
              >
                <Icon name="cross" />
              </button>
            </fieldset>
          </li>
        ))}
      </ol>
      <div>
        <button
          type="button"
          onClick={() => {
            rows.value = [...rows.value, { key: '', type: 'string', defaultValue: '' }];
          }}
        >
          <Icon name="plus" />
          Add a variable
        </button>
      </div>
      {problem.value !== null && (
        <p class="problem" role="alert">
          {problem.value}
        </p>
      )}
    </Modal>
  );
}
