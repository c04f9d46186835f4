/** Names that are not known, such as a misspelt option: told rather than refused. */
import type { DecisionSteps } from './part.ts';
import type { Problems } from './problem-reporter.ts';

/** What a client tells unknown names with. */
export interface NameTeller {
  readonly problems: Problems;
  readonly steps: Pick<DecisionSteps, 'describeName'>;
}

/** Reports a name once. The part `nameHints` says what it may have meant; without it the known names are listed. */
export function reportUnknownName(
  { problems, steps }: NameTeller,
  owner: string,
  kind: 'option' | 'event',
  given: unknown,
  known: readonly string[],
): void {
  const name = String(given);
  const shown = name.slice(0, 60);
  const message =
    steps.describeName?.(kind, owner, name, known) ??
    `${owner} does not have the ${kind} "${shown}"; expected one of ${known.join(', ')}.`;
  const [code, part] =
    kind === 'event' ? (['unknown-event-name', 'listener'] as const) : (['unknown-option', 'client'] as const);
  problems.reportFirst({ code, part, message }, shown);
}
