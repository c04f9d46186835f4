/** "Why not …?": a question about a variation, and its answer from the explanation. */
import type { JSX } from 'preact';
import { useId } from 'preact/hooks';
import type { Explanation } from 'sortition';
import type { Project, ProjectFlag } from '../lab/project.ts';
import { whyNot } from './why-not.ts';

interface WhyNotPanelProps {
  readonly explanation: Explanation;
  /** What the user got; `null` for nothing. */
  readonly got: string | null;
  readonly flag: ProjectFlag;
  readonly project: Project;
  readonly bucketingId: string;
  /** The variation asked about; `null` for none. */
  readonly asked: string | null;
  readonly ask: (variationKey: string | null) => void;
}

export function WhyNotPanel(props: WhyNotPanelProps): JSX.Element | null {
  const { explanation, got, flag, project, bucketingId, asked, ask } = props;
  const id = useId();
  const keys = [...new Set(flag.rules.flatMap(({ variations }) => variations.map(({ key }) => key)))];
  const others = keys.filter((key) => key !== got);
  if (others.length === 0) return null;
  const answers = asked === null ? [] : whyNot(explanation, flag, project, { variationKey: asked, bucketingId });
  return (
    <div class="stack-s why-not">
      <div class="row">
        <label for={id}>Why not</label>
        <select
          id={id}
          value={asked ?? ''}
          onChange={({ currentTarget: { value } }) => ask(value === '' ? null : value)}
        >
          <option value="">choose a variation</option>
          {others.map((key) => (
            <option key={key}>{key}</option>
          ))}
          {asked !== null && !others.includes(asked) && <option>{asked}</option>}
        </select>
        <span aria-hidden="true">?</span>
      </div>
      {asked !== null && (
        <div class="stack-s" role="status">
          {asked === got && <p>The user gets {asked}.</p>}
          {asked !== got && answers.length === 0 && <p>No rule of this flag has the variation {asked}.</p>}
          {asked !== got &&
            answers.map(({ ruleKey, why, changes }) => (
              <div key={ruleKey} class="stack-s">
                <p>
                  <code>{ruleKey}</code>: {why}
                </p>
                <ul class="changes">
                  {changes.map((change) => (
                    <li key={change}>{change}</li>
                  ))}
                </ul>
              </div>
            ))}
        </div>
      )}
    </div>
  );
}
