/** The difference between two revisions, entity by entity. */
import type { JSX } from 'preact';
import type { Difference } from '../../api/history.ts';
import { Empty } from '../parts/message.tsx';

export function DifferenceList({ differences }: { differences: readonly Difference[] }): JSX.Element {
  if (differences.length === 0) return <Empty title="There is no difference" />;
  return (
    <ul class="differences">
      {differences.map(({ kind, name, change, fields }) => (
        <li key={`${kind}/${name}`} class="stack-s">
          <p>
            <span class={`chip ${change === 'added' ? 'good' : change === 'removed' ? 'bad' : ''}`}>{change}</span>{' '}
            {kind} <code>{name}</code>
          </p>
          {fields.map(({ field, before, after }) => (
            <div key={field} class="difference">
              <span class="code small soft">{field}</span>
              <del>{formatValue(before)}</del>
              <ins>{formatValue(after)}</ins>
            </div>
          ))}
        </li>
      ))}
    </ul>
  );
}

function formatValue(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
