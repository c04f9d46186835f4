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
  isGroup,
  parseTree,
  readEditable,
  writeEditable,
} from './editable-audience.ts';

interface AudienceDialogProps {
  /** `null` for a new one. */
  readonly audience: ProjectAudience | null;
  readonly project: Project;
  readonly close: () => void;
}

export function AudienceDialog({ audience, project, close }: AudienceDialogProps): JSX.Element {
  const lab = useLab();
  const nameId = useId();
  const name = useSignal(audience?.name ?? '');
  const form = useSignal<EditableAudience | null>(
    audience === null ? { joiner: 'or', rows: [newRow(project)] } : readEditable(audience.conditions),
  );
  const json = useSignal(form.value === null && audience !== null ? formatTree(audience.conditions) : '');
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
    const isPublished = await lab.publish((base) =>
      audience === null ? lab.api.createAudience(base, change) : lab.api.changeAudience(base, audience.id, change),
    );
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
    problem.value = form.value === null ? 'These conditions are of a form that only JSON can say.' : null;
  };

  return (
    <Modal
      title={audience === null ? 'New audience' : `Audience ${audience.name}`}
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
  if (form.value === null) return null;
  return (
    <GroupFields
      group={form.value}
      place=""
      project={project}
      change={(group) => {
        form.value = group;
      }}
    />
  );
}

/** Deeper groups would leave no room for their fields; JSON has it. */
const MAX_DEPTH = 4;

interface GroupFieldsProps {
  readonly group: EditableAudience;
  /** `2.1` is the first part of the second part; empty for the audience itself. */
  readonly place: string;
  readonly project: Project;
  readonly change: (group: EditableAudience) => void;
  readonly remove?: () => void;
}

function GroupFields({ group, place, project, change, remove }: GroupFieldsProps): JSX.Element {
  const id = useId();
  const { joiner, isNegated = false, rows } = group;
  const setRow = (index: number, row: EditableAudience['rows'][number]) =>
    change({ ...group, rows: rows.map((each, at) => (at === index ? row : each)) });
  const removeRow = (index: number) => change({ ...group, rows: rows.filter((_, at) => at !== index) });
  const add = (row: EditableAudience['rows'][number]) => change({ ...group, rows: [...rows, row] });
  return (
    <fieldset class={`stack-s ${place === '' ? '' : 'boxed group'}`}>
      <legend class={place === '' ? 'visually-hidden' : 'small soft'}>
        {place === '' ? 'Conditions' : `Group ${place}`}
      </legend>
      <div class="row between">
        <div class="field">
          <label for={id}>{place === '' ? 'A user is in when' : 'This part holds when'}</label>
          <select
            id={id}
            value={`${isNegated ? 'not-' : ''}${joiner}`}
            onChange={({ currentTarget: { value } }) =>
              change({ ...group, isNegated: value.startsWith('not-'), joiner: value.endsWith('or') ? 'or' : 'and' })
            }
          >
            <option value="or">any condition holds</option>
            <option value="and">all conditions hold</option>
            <option value="not-or">no condition holds</option>
            <option value="not-and">not all conditions hold</option>
          </select>
        </div>
        {remove !== undefined && (
          <button type="button" class="quiet square" aria-label={`Remove group ${place}`} onClick={remove}>
            <Icon name="cross" />
          </button>
        )}
      </div>
      <ol class="stack-s">
        {rows.map((row, index) => {
          const position = place === '' ? `${index + 1}` : `${place}.${index + 1}`;
          return (
            // Rows have no identity but their position.
            <li key={`${position}/${rows.length}`}>
              {isGroup(row) ? (
                <GroupFields
                  group={row}
                  place={position}
                  project={project}
                  change={(next) => setRow(index, next)}
                  remove={() => removeRow(index)}
                />
              ) : (
                <ConditionFields
                  row={row}
                  position={position}
                  attributes={project.attributes}
                  change={(next) => setRow(index, next)}
                  remove={() => removeRow(index)}
                />
              )}
            </li>
          );
        })}
      </ol>
      <div class="row">
        <button type="button" onClick={() => add(newRow(project))}>
          <Icon name="plus" />
          Add a condition<span class="visually-hidden">{place === '' ? '' : ` to group ${place}`}</span>
        </button>
        {place.split('.').length < MAX_DEPTH && (
          <button type="button" onClick={() => add({ joiner: 'and', rows: [newRow(project)] })}>
            <Icon name="plus" />
            Add a group<span class="visually-hidden">{place === '' ? '' : ` to group ${place}`}</span>
          </button>
        )}
      </div>
    </fieldset>
  );
}

function newRow(project: Project): ConditionRow {
  return { subject: 'attribute', name: project.attributes[0] ?? '', match: 'exact', value: '', valueType: 'text' };
}

function formatTree(tree: ConditionTree): string {
  return JSON.stringify(tree, null, 2);
}
