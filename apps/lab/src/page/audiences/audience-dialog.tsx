/** Edits an audience: rows of conditions, or JSON for what rows cannot say. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useId } from 'preact/hooks';
import { useLab } from '../lab/lab-session.ts';
import type { Project, ProjectAudience } from '../lab/project.ts';
import type { ConditionTree } from '../lab/wire-datafile.ts';
import { Icon } from '../parts/icon.tsx';
import { Modal } from '../parts/modal.tsx';
import { ConditionFields } from './condition-fields.tsx';
import {
  type ConditionRow,
  type EditableAudience,
  parseTree,
  readEditable,
  writeEditable,
} from './editable-audience.ts';

interface AudienceDialogProps {
  readonly audience: ProjectAudience;
  readonly project: Project;
  readonly close: () => void;
}

export function AudienceDialog({ audience, project, close }: AudienceDialogProps): JSX.Element {
  const lab = useLab();
  const nameId = useId();
  const name = useSignal(audience.name);
  const form = useSignal<EditableAudience | null>(readEditable(audience.conditions));
  const json = useSignal(form.value === null ? formatTree(audience.conditions) : '');
  const problem = useSignal<string | null>(null);
  const isBusy = useSignal(false);

  const read = () => (form.value === null ? parseTree(json.value) : writeEditable(form.value));
  const submit = async () => {
    const result = read();
    if ('problem' in result) {
      problem.value = result.problem;
      return;
    }
    if (name.value.trim() === '') {
      problem.value = 'An audience needs a name.';
      return;
    }
    isBusy.value = true;
    const change = { name: name.value.trim(), conditions: result.tree };
    const isPublished = await lab.publish((base) => lab.api.changeAudience(base, audience.id, change));
    isBusy.value = false;
    if (isPublished) close();
    else problem.value = lab.notice.value?.text ?? 'It was not published.';
  };
  const switchForm = () => {
    const result = read();
    if ('problem' in result) {
      problem.value = result.problem;
      return;
    }
    if (form.value !== null) {
      json.value = formatTree(result.tree);
      form.value = null;
      problem.value = null;
      return;
    }
    form.value = readEditable(result.tree);
    problem.value = form.value === null ? 'These conditions are nested, which only JSON can say.' : null;
  };

  return (
    <Modal
      title={`Audience ${audience.name}`}
      submitLabel="Publish"
      isBusy={isBusy.value}
      onSubmit={submit}
      onClose={close}
    >
      <div class="field">
        <label for={nameId}>Name</label>
        <input
          id={nameId}
          value={name.value}
          maxLength={120}
          onInput={({ currentTarget }) => {
            name.value = currentTarget.value;
          }}
        />
      </div>
      {form.value === null ? <JsonField json={json} /> : <RowsField form={form} project={project} />}
      <div class="row between">
        <button type="button" class="quiet" onClick={switchForm}>
          {form.value === null ? 'Edit as a form' : 'Edit as JSON'}
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

function JsonField({ json }: { json: { value: string } }): JSX.Element {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>Conditions</label>
      <textarea
        id={id}
        spellcheck={false}
        value={json.value}
        onInput={({ currentTarget }) => {
          json.value = currentTarget.value;
        }}
      />
    </div>
  );
}

function RowsField(props: { form: { value: EditableAudience | null }; project: Project }): JSX.Element | null {
  const { form, project } = props;
  const id = useId();
  if (form.value === null) return null;
  const { joiner, rows } = form.value;
  const change = (next: Partial<EditableAudience>) => {
    form.value = { joiner, rows, ...next };
  };
  const setRow = (index: number, row: ConditionRow) =>
    change({ rows: rows.map((each, at) => (at === index ? row : each)) });
  return (
    <>
      <div class="field">
        <label for={id}>A user is in when</label>
        <select
          id={id}
          value={joiner}
          onChange={({ currentTarget }) => change({ joiner: currentTarget.value as 'or' })}
        >
          <option value="or">any condition holds</option>
          <option value="and">all conditions hold</option>
        </select>
      </div>
      <ol class="stack-s">
        {rows.map((row, index) => (
          // Rows have no identity but their position.
          <li key={`${index}/${rows.length}`}>
            <ConditionFields
              row={row}
              position={index + 1}
              attributes={project.attributes}
              change={(next) => setRow(index, next)}
              remove={() => change({ rows: rows.filter((_, at) => at !== index) })}
            />
          </li>
        ))}
      </ol>
      <div>
        <button type="button" onClick={() => change({ rows: [...rows, newRow(project)] })}>
          <Icon name="plus" />
          Add a condition
        </button>
      </div>
    </>
  );
}

function newRow(project: Project): ConditionRow {
  return { subject: 'attribute', name: project.attributes[0] ?? '', match: 'exact', value: '', valueType: 'text' };
}

function formatTree(tree: ConditionTree): string {
  return JSON.stringify(tree, null, 2);
}
