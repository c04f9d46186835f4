/** Unknown names, such as a misspelt option: reported, not refused. */
import type { DecisionSteps } from './part.ts';
import type { Problems } from './problem-reporter.ts';

/** What is needed to report an unknown name. */
export interface NameTeller {
  readonly problems: Problems;
  readonly steps: Pick<DecisionSteps, 'describeName'>;
}

/**
 * Reports a name once. With the part `nameHints` the message suggests the right name; without it, it lists the known
 * names.
 */
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
