/** Tracking: from OpenFeature's tracking events to conversions. */
import type { TrackingEventDetails } from '@openfeature/core';
import type { EventTags } from 'sortition';

/** Returns the tags of a conversion: `value` and `revenue` keep their names, everything else is a tag too. */
export function toEventTags(details: TrackingEventDetails | undefined): EventTags {
  return { ...details } as EventTags;
}
