/** Who is explored: id, attributes, and the segments the data platform has for that id. */
import type { JSX } from 'preact';
import { useId } from 'preact/hooks';
import { Icon } from '../parts/icon.tsx';
import { type AttributeField, BUCKETING_ID, type ExploredUser } from './explored-user.ts';

interface UserFormProps {
  readonly user: ExploredUser;
  readonly attributes: readonly AttributeField[];
  readonly segments: readonly string[];
  /** Everything that may be switched on. */
  readonly offeredSegments: readonly string[];
  readonly change: (user: ExploredUser) => void;
  readonly changeSegments: (segments: readonly string[]) => void;
  /** Keeps this user beside the next one; `null` when there is no room. */
  readonly putBeside: (() => void) | null;
}

export function UserForm(props: UserFormProps): JSX.Element {
  const { user, attributes, segments, offeredSegments, change, changeSegments, putBeside } = props;
  const id = useId();
  const setField = (key: string, value: string) => change({ ...user, fields: { ...user.fields, [key]: value } });
  const toggle = (segment: string) =>
    changeSegments(segments.includes(segment) ? segments.filter((each) => each !== segment) : [...segments, segment]);
  return (
    <form class="card stack user-form" onSubmit={(event) => event.preventDefault()}>
      <div class="field">
        <label for={id}>User id</label>
        <div class="with-button">
          <input
            id={id}
            value={user.userId}
            autocomplete="off"
            spellcheck={false}
            onInput={({ currentTarget }) => change({ ...user, userId: currentTarget.value })}
          />
          <button
            type="button"
            class="square"
            aria-label="A random user id"
            title="A random user id"
            onClick={() => change({ ...user, userId: randomUserId() })}
          >
            <Icon name="dice" />
          </button>
        </div>
      </div>
      {putBeside !== null && (
        <button type="button" onClick={putBeside}>
          <Icon name="plus" />
          Keep it beside
        </button>
      )}
      <fieldset class="stack-s">
        <legend class="group-title">Attributes</legend>
        {attributes.map((attribute) => (
          <AttributeInput
            key={attribute.key}
            attribute={attribute}
            value={user.fields[attribute.key] ?? ''}
            change={(value) => setField(attribute.key, value)}
          />
        ))}
        {Object.keys(user.fields)
          .filter((key) => key !== BUCKETING_ID && !attributes.some((attribute) => attribute.key === key))
          .map((key) => (
            <AttributeInput
              key={key}
              attribute={{ key, type: 'text', suggestions: [] }}
              value={user.fields[key] ?? ''}
              change={(value) => setField(key, value)}
            />
          ))}
        <AttributeInput
          attribute={{ key: BUCKETING_ID, type: 'text', suggestions: [] }}
          label="Bucketing id"
          hint="the user id"
          value={user.fields[BUCKETING_ID] ?? ''}
          change={(value) => setField(BUCKETING_ID, value)}
        />
        <FreeAttribute add={(key) => setField(key, user.fields[key] ?? '""')} />
      </fieldset>
      <fieldset class="stack-s">
        <legend class="group-title">Segments</legend>
        {offeredSegments.map((segment) => (
          <label class="choice" key={segment}>
            <input type="checkbox" checked={segments.includes(segment)} onChange={() => toggle(segment)} />
            <code>{segment}</code>
          </label>
        ))}
        {offeredSegments.length === 0 && <p class="soft">No condition asks for a segment.</p>}
        <p class="field-hint">Kept by the lab's data platform, for every application.</p>
      </fieldset>
    </form>
  );
}

/** Adds an attribute that the datafile does not list. */
function FreeAttribute({ add }: { add: (key: string) => void }): JSX.Element {
  const id = useId();
  return (
    <div class="attribute">
      <label for={id} class="small soft">
        Another attribute
      </label>
      <input
        id={id}
        placeholder="its key, then Enter"
        autocomplete="off"
        onKeyDown={(event) => {
          const key = event.currentTarget.value.trim();
          if (event.key !== 'Enter' || key === '') return;
          event.preventDefault();
          event.currentTarget.value = '';
          add(key);
        }}
      />
    </div>
  );
}

interface AttributeInputProps {
  readonly attribute: AttributeField;
  /** In place of the key. */
  readonly label?: string;
  /** What counts when it is empty. */
  readonly hint?: string;
  readonly value: string;
  readonly change: (value: string) => void;
}

function AttributeInput({ attribute, label, hint = 'not known', value, change }: AttributeInputProps): JSX.Element {
  const id = useId();
  const { key, type, suggestions } = attribute;
  return (
    <div class="attribute">
      <label for={id} class={label === undefined ? 'code' : ''}>
        {label ?? key}
      </label>
      {type === 'yes-no' ? (
        <select id={id} value={value} onChange={({ currentTarget }) => change(currentTarget.value)}>
          <option value="">not known</option>
          <option value="true">yes</option>
          <option value="false">no</option>
        </select>
      ) : (
        <>
          <input
            id={id}
            type={type === 'number' ? 'number' : 'text'}
            step="any"
            value={value}
            list={`${id}-suggestions`}
            placeholder={hint}
            autocomplete="off"
            onInput={({ currentTarget }) => change(currentTarget.value)}
          />
          <datalist id={`${id}-suggestions`}>
            {suggestions.map((suggestion) => (
              <option key={suggestion} value={suggestion} />
            ))}
          </datalist>
        </>
      )}
    </div>
  );
}

/** Short enough to be read out, many enough to see every variation. */
function randomUserId(): string {
  return `user-${Math.floor(Math.random() * 100_000)}`;
}
