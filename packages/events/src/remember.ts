/**
 * Remembers texts that many events share. A server writes events by the thousand for a few users, decisions and attributes;
 * a page, which writes a few, does without (`page/remember.ts`).
 */
import type { ImpressionEvent, ProjectConfig } from '@sortition/core';

/** Makes something once for each config. */
export function rememberByConfig<Made>(make: (config: ProjectConfig) => Made): (config: ProjectConfig) => Made {
  const known = new WeakMap<ProjectConfig, Made>();
  return (config) => {
    const found = known.get(config);
    if (found !== undefined) return found;
    const made = make(config);
    known.set(config, made);
    return made;
  };
}

/** Makes a text once for each key; what is not made is not remembered. */
export function rememberByKey(make: (key: string) => string | undefined): (key: string) => string | undefined {
  const known = new Map<string, string>();
  return (key) => {
    const found = known.get(key);
    if (found !== undefined) return found;
    const made = make(key);
    if (made !== undefined) known.set(key, made);
    return made;
  };
}

/** Makes something only when the subject is another one than before. */
export function rememberLast<Subject, Made>(
  make: (subject: Subject) => Made,
  isSame: (one: Subject, other: Subject) => boolean,
): (subject: Subject) => Made {
  let last: { readonly subject: Subject; readonly made: Made } | undefined;
  return (subject) => {
    if (last === undefined || !isSame(last.subject, subject)) last = { subject, made: make(subject) };
    return last.made;
  };
}

/** What two impressions of the same decision have in common, and its text. */
interface Decided
  extends Pick<
    ImpressionEvent,
    'ruleKey' | 'ruleType' | 'variationKey' | 'enabled' | 'experimentId' | 'variationId' | 'layerId'
  > {
  readonly head: string;
}

/** Decisions whose text is remembered; about half a kilobyte each. */
const MAX_HEADS = 5_000;

/** Writes an impression up to its time once for what was decided: a server sends one for nearly each decision. */
export function rememberByDecision(write: (event: ImpressionEvent) => string): (event: ImpressionEvent) => string {
  const heads = new Map<string, Decided[]>();
  let count = 0;
  return (event) => {
    // Each prediction has an id of its own.
    if (event.cmabUuid !== undefined) return write(event);
    for (const decided of heads.get(event.flagKey) ?? []) if (isSameDecision(decided, event)) return decided.head;
    if (count === MAX_HEADS) {
      heads.clear();
      count = 0;
    }
    count += 1;
    const { flagKey, ruleKey, ruleType, variationKey, enabled, experimentId, variationId, layerId } = event;
    const head = write(event);
    const decided = { ruleKey, ruleType, variationKey, enabled, experimentId, variationId, layerId, head };
    heads.set(flagKey, [...(heads.get(flagKey) ?? []), decided]);
    return head;
  };
}

function isSameDecision(one: Decided, other: ImpressionEvent): boolean {
  return (
    one.variationId === other.variationId &&
    one.experimentId === other.experimentId &&
    one.ruleKey === other.ruleKey &&
    one.variationKey === other.variationKey &&
    one.layerId === other.layerId &&
    one.enabled === other.enabled &&
    one.ruleType === other.ruleType
  );
}
