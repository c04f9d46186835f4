/** Tracking conversions. */
import { createUserSnapshot } from '@sortition/core';
import type { ClientInternals } from './client-internals.ts';
import type { EventTags, UserAttributes } from './contract/user.ts';
import { refuseInputs } from './input-checks.ts';

/** A tracked conversion. */
export interface TrackedEvent {
  readonly eventKey: string;
  readonly userId: string;
  readonly attributes: UserAttributes | undefined;
  readonly eventTags: EventTags | undefined;
}

/** Records a conversion; invalid input is reported. Never throws. */
export function trackConversion(client: ClientInternals, tracked: TrackedEvent): void {
  const { eventKey, userId, attributes, eventTags } = tracked;
  if (client.core.state.config === null) {
    client.reporter.error('No project config available. Failing track.');
    return;
  }
  const error = refuseInputs({ user_id: userId, event_key: eventKey }, attributes, eventTags);
  if (error) {
    client.reporter.report(error);
    return;
  }
  const user = { snapshot: createUserSnapshot(userId, attributes), attributes };
  client.recording.conversion(user, eventKey, eventTags);
}
