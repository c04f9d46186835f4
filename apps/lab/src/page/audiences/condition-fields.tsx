/** The fields of one condition: what is compared, how, and with what. */
import type { JSX } from 'preact';
import { Icon } from '../parts/icon.tsx';
import { MATCH_WORDS } from './condition-text.ts';
import { type ConditionRow, type ValueType, valueTypeOf } from './editable-audience.ts';

/** In the list of attributes, the entry for segments; no attribute key can be it. */
const SEGMENT = ' segment';

const VALUE_TYPES: readonly { readonly type: ValueType; readonly label: string }[] = [
  { type: 'text', label: 'text' },
  { type: 'number', label: 'number' },
  { type: 'yes-no', label: 'yes or no' },
];

interface ConditionFieldsProps {
  readonly row: ConditionRow;
  readonly position: string;
  readonly attributes: readonly string[];
  readonly change: (row: ConditionRow) => void;
  readonly remove: () => void;
}

export function ConditionFields({ row, position, attributes, change, remove }: ConditionFieldsProps): JSX.Element {
  const { subject, name, match, value } = row;
  const isSegment = subject === 'segment';
  const fixedType = valueTypeOf(match);
  const valueType = fixedType ?? row.valueType;
  const names = attributes.includes(name) || isSegment || name === '' ? attributes : [...attributes, name];
  const setSubject = (chosen: string) => {
    if (chosen === SEGMENT) change({ ...row, subject: 'segment', name: '', match: 'qualified', valueType: 'text' });
    else change({ ...row, subject: 'attribute', name: chosen, match: isSegment ? 'exact' : match });
  };
  return (
    <fieldset class="condition">
      <legend class="visually-hidden">Condition {position}</legend>
      <select
        aria-label="Attribute or segment"
        value={isSegment ? SEGMENT : name}
        onChange={({ currentTarget }) => setSubject(currentTarget.value)}
      >
        {names.map((each) => (
          <option key={each} value={each}>
            {each}
          </option>
        ))}
        <option value={SEGMENT}>segment</option>
      </select>
      {isSegment ? (
        <span class="condition-word">is</span>
      ) : (
        <select
          aria-label="Comparison"
          value={match}
          onChange={({ currentTarget }) => change({ ...row, match: currentTarget.value })}
        >
          {Object.entries(MATCH_WORDS).map(([type, words]) => (
            <option key={type} value={type}>
              {words}
            </option>
          ))}
          {Object.hasOwn(MATCH_WORDS, match) ? null : <option value={match}>{match}</option>}
        </select>
      )}
      {match !== 'exists' && (
        <ValueField value={value} valueType={valueType} change={(next) => change({ ...row, value: next })} />
      )}
      {match === 'exact' && (
        <select
          aria-label="Type of the value"
          value={valueType}
          onChange={({ currentTarget }) =>
            change({
              ...row,
              valueType: currentTarget.value as ValueType,
              value: currentTarget.value === 'yes-no' ? 'true' : value,
            })
          }
        >
          {VALUE_TYPES.map(({ type, label }) => (
            <option key={type} value={type}>
              {label}
            </option>
          ))}
        </select>
      )}
      <button type="button" class="quiet square" aria-label={`Remove condition ${position}`} onClick={remove}>
        <Icon name="cross" />
      </button>
    </fieldset>
  );
}

function ValueField(props: { value: string; valueType: ValueType; change: (value: string) => void }): JSX.Element {
  const { value, valueType, change } = props;
  if (valueType === 'yes-no') {
    return (
      <select aria-label="Value" value={value} onChange={({ currentTarget }) => change(currentTarget.value)}>
        <option value="true">yes</option>
        <option value="false">no</option>
      </select>
    );
  }
  return (
    <input
      aria-label="Value"
      value={value}
      inputMode={valueType === 'number' ? 'decimal' : 'text'}
      onInput={({ currentTarget }) => change(currentTarget.value)}
    />
  );
}
