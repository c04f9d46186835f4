/** One flag: its rules in the order they are tried, and the variables it serves. */
import type { JSX } from 'preact';
import type { Project, ProjectFlag } from '../lab/project.ts';
import { Empty } from '../parts/message.tsx';
import { linkTo } from '../route.ts';
import { HoldoutCard } from './holdout-card.tsx';
import { RuleCard } from './rule-card.tsx';
import { VariableTable } from './variable-table.tsx';

export function FlagDetail({ flag, project }: { flag: ProjectFlag; project: Project }): JSX.Element {
  return (
    <article class="stack">
      <header class="row between">
        <h2 class="code flag-title">{flag.key}</h2>
        <a href={linkTo('users', undefined, { flag: flag.key })}>Explain it for a user</a>
      </header>
      {flag.rules.length === 0 ? (
        <Empty title="This flag has no rules">
          <p>Everybody gets it switched off, with the defaults of its variables.</p>
        </Empty>
      ) : (
        <ol class="stack">
          {flag.rules.map((rule, index) => (
            <li key={rule.id}>
              {rule.kind === 'holdout' ? (
                <HoldoutCard rule={rule} position={index + 1} project={project} />
              ) : (
                <RuleCard rule={rule} position={index + 1} project={project} isLast={index === flag.rules.length - 1} />
              )}
            </li>
          ))}
        </ol>
      )}
      {flag.variables.length > 0 && <VariableTable flag={flag} />}
    </article>
  );
}
