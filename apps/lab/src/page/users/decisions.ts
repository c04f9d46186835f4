/** The decisions for the explored user, made in this browser and made again whenever the user or the datafile changes. */
import { useEffect, useState } from 'preact/hooks';
import { type Attributes, type Client, DecideOption, type Decisions, type UserContext } from 'sortition';

export interface UserDecisions {
  readonly user: UserContext;
  readonly decisions: Decisions;
}

/**
 * @param revision Of the datafile the client has; a new one decides again.
 * @returns `null` until there are decisions.
 */
export function useDecisions(
  client: Client,
  userId: string,
  attributes: Attributes,
  segments: readonly string[],
  revision: string | null,
): UserDecisions | null {
  const [made, setMade] = useState<UserDecisions | null>(null);
  const inputs = JSON.stringify([userId, attributes, segments]);
  useEffect(() => {
    if (revision === null) return;
    let isOver = false;
    const [id, userAttributes, userSegments] = JSON.parse(inputs) as [string, Attributes, string[]];
    const user = client.createUserContext(id, userAttributes);
    user.qualifiedSegments = userSegments;
    // Looking is not being exposed: impressions are sent by the button that says so.
    void user.decideAllAsync([DecideOption.DISABLE_DECISION_EVENT]).then((decisions) => {
      if (!isOver) setMade({ user, decisions });
    });
    return () => {
      isOver = true;
    };
  }, [client, inputs, revision]);
  return made;
}
