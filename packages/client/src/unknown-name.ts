/** Names that are not known, such as a misspelt option: told rather than refused. */
import type { DecisionSteps, DescribeName } from './part.ts';
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
  name: string,
  ...known: KnownNames
): void {
  const shown = String(name).slice(0, 60);
  const [names] = known;
  const message =
    steps.describeName?.(kind, owner, String(name), ...known) ??
    `${owner} does not have the ${kind} "${shown}"; expected one of ${names.join(', ')}.`;
  const isEvent = kind === 'event';
  const code = isEvent ? 'unknown-event-name' : 'unknown-option';
  problems.reportFirst({ code, part: isEvent ? 'listener' : 'client', message }, shown);
}

type KnownNames = Parameters<DescribeName> extends [string, string, string, ...infer Known] ? Known : never;
