/**
 * Caches texts that many events share. A server writes thousands of events with the same users, decisions and
 * attributes; a page writes a few and does not cache (`page/remember.ts`).
 */
import type { ImpressionEvent, ProjectConfig } from '@sortition/core';

/** Caches a value per config. */
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

/** Caches a text per key; `undefined` is not cached. */
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

/** Caches the value of the last subject. */
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

/** The common fields of impressions of the same decision, and their text. */
interface Decided
  extends Pick<
    ImpressionEvent,
    'ruleKey' | 'ruleType' | 'variationKey' | 'enabled' | 'experimentId' | 'variationId' | 'layerId'
  > {
  readonly head: string;
}

/** Limit of cached texts; about half a kilobyte each. */
const MAX_HEADS = 5_000;

/** Caches the text of an impression up to its time per decision: a server sends one for nearly each decision. */
export function rememberByDecision(write: (event: ImpressionEvent) => string): (event: ImpressionEvent) => string {
  const heads = new Map<string, Decided[]>();
  let count = 0;
  return (event) => {
    // Each prediction has a different id.
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
