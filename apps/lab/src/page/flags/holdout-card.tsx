/** A holdout of every flag, in one line until it is opened: it comes first with each flag, but is seldom what one looks for. */
import type { JSX } from 'preact';
import type { Project, ProjectRule } from '../lab/project.ts';
import { RuleCard } from './rule-card.tsx';
import { formatPercent, readDraft } from './traffic-draft.ts';

interface HoldoutCardProps {
  readonly rule: ProjectRule;
  readonly position: number;
  readonly project: Project;
}

export function HoldoutCard({ rule, position, project }: HoldoutCardProps): JSX.Element {
  const ids = rule.variations.map(({ id }) => id);
  const total = `${formatPercent(readDraft(ids, rule.traffic).total)} %`;
  return (
    <details class="holdout">
      <summary>
        <span class="rule-position">{position}</span>
        <span>
          <code>{rule.key}</code>
          <span class="soft small">{rule.isRunning ? ` keeps ${total} of users out of every flag` : ' is paused'}</span>
        </span>
      </summary>
      <RuleCard rule={rule} position={position} project={project} isLast={false} />
    </details>
  );
}
