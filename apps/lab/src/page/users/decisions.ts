/** The decisions for the explored user, made in this browser and made again whenever the user or the datafile changes. */
import { useEffect, useState } from 'preact/hooks';
import { type Attributes, type Client, DecideOption, type Decisions, type UserContext } from 'sortition';
import { sentenceOf } from '../lab/sentence-of.ts';

export interface UserDecisions {
  readonly user: UserContext;
  readonly decisions: Decisions;
}

/** A variation that the reader wants, whatever the rules say. */
export interface ForcedVariation {
  readonly flagKey: string;
  readonly variationKey: string;
}

/**
 * @param revision Of the datafile the client has; a new one decides again.
 * @returns `null` until there are decisions; a sentence when the client refuses the user.
 */
export function useDecisions(
  client: Client,
  userId: string,
  attributes: Attributes,
  segments: readonly string[],
  revision: string | null,
  forced: ForcedVariation | null,
): UserDecisions | string | null {
  const [made, setMade] = useState<UserDecisions | string | null>(null);
  const inputs = JSON.stringify([userId, attributes, segments, forced]);
  useEffect(() => {
    if (revision === null) return;
    let isOver = false;
    const [id, userAttributes, userSegments, forcing] = JSON.parse(inputs) as [
      string,
      Attributes,
      string[],
      ForcedVariation | null,
    ];
    const decide = async (): Promise<UserDecisions> => {
      const user = client.createUserContext(id, userAttributes);
      user.qualifiedSegments = userSegments;
      if (forcing !== null)
        user.setForcedDecision({ flagKey: forcing.flagKey }, { variationKey: forcing.variationKey });
      // Looking is not being exposed: impressions are sent by the button that says so.
      return { user, decisions: await user.decideAllAsync([DecideOption.DISABLE_DECISION_EVENT]) };
    };
    void decide()
      .catch(sentenceOf)
      .then((outcome) => {
        if (!isOver) setMade(outcome);
      });
    return () => {
      isOver = true;
    };
  }, [client, inputs, revision]);
  return made;
}
