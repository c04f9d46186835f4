/** What a test client decided and would have sent, in a form for assertions. */
import type { Attributes, DecisionEvent, EventSink, EventTags } from 'sortition';

interface OfUser {
  readonly userId: string;
  readonly attributes: Readonly<Attributes>;
}

/** A decision. */
export interface RecordedDecision extends OfUser {
  readonly flagKey: string;
  readonly variationKey: string | null;
  readonly ruleKey: string | null;
  readonly enabled: boolean;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** An impression that would have been sent; DISABLE_DECISION_EVENT holds it back. */
export interface RecordedImpression extends OfUser {
  readonly flagKey: string;
  readonly variationKey: string;
  readonly ruleKey: string;
  readonly enabled: boolean;
}

/** A conversion that would have been sent. */
export interface RecordedConversion extends OfUser {
  readonly eventKey: string;
  readonly tags: EventTags | undefined;
}

/** Everything in the order it happened. */
export interface Recorded {
  readonly decisions: readonly RecordedDecision[];
  readonly impressions: readonly RecordedImpression[];
  readonly conversions: readonly RecordedConversion[];
  /** Removes everything recorded so far. */
  clear(): void;
}

/** Writes what `recorded` shows. */
export interface Recorder {
  readonly recorded: Recorded;
  readonly sink: EventSink;
  addDecision(event: DecisionEvent): void;
}

/** Creates an empty recorder. */
export function createRecorder(): Recorder {
  const decisions: RecordedDecision[] = [];
  const impressions: RecordedImpression[] = [];
  const conversions: RecordedConversion[] = [];
  return {
    recorded: {
      decisions,
      impressions,
      conversions,
      clear() {
        for (const list of [decisions, impressions, conversions]) list.length = 0;
      },
    },
    sink: {
      record(event) {
        const { userId, attributes } = event;
        if (event.type === 'conversion') {
          conversions.push({ eventKey: event.eventKey, userId, attributes, tags: event.tags });
        } else {
          const { flagKey, variationKey, ruleKey, enabled } = event;
          impressions.push({ flagKey, variationKey, ruleKey, enabled, userId, attributes });
        }
      },
    },
    addDecision({ userId, attributes, decisionInfo: { flagKey, variationKey, ruleKey, enabled, variables } }) {
      decisions.push({ flagKey, variationKey, ruleKey, enabled, variables, userId, attributes });
    },
  };
}
