/** What the sink writes of an event, as the objects of the documented format. */

import type { RecordedEvent } from '../src/batch-context.ts';
import type { BatchSnapshot, VisitorAttribute } from '../src/index.ts';

/** The snapshot of an event whose tags have neither revenue nor value. */
export function expectedSnapshot(event: RecordedEvent): BatchSnapshot {
  const { timestamp, uuid } = event;
  if (event.type === 'conversion') {
    const { eventId, eventKey, tags } = event;
    return { events: [{ entity_id: eventId, timestamp, key: eventKey, uuid, ...(tags && { tags }) }] };
  }
  const campaignId = event.layerId || event.experimentId || null;
  const { flagKey, ruleKey, ruleType, variationKey, variationId, enabled, cmabUuid } = event;
  return {
    decisions: [
      {
        campaign_id: campaignId,
        experiment_id: event.experimentId ?? '',
        variation_id: variationId !== null && /^\d+$/.test(variationId) ? variationId : null,
        metadata: {
          flag_key: flagKey,
          rule_key: ruleKey,
          rule_type: ruleType,
          variation_key: variationKey,
          enabled,
          cmab_uuid: cmabUuid,
        },
      },
    ],
    events: [{ entity_id: campaignId, timestamp, key: 'campaign_activated', uuid }],
  };
}

/** The attributes of an event whose values can all be sent. */
export function expectedAttributes({ attributes, config }: RecordedEvent): VisitorAttribute[] {
  return Object.entries(attributes).map(([key, value]) => ({
    entity_id: config.attributes.get(key)?.id ?? key,
    key,
    type: 'custom',
    value: value as VisitorAttribute['value'],
  }));
}
