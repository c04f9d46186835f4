/** Events as a client records them, without a client: what the sink is given in tests. */
import type { ConversionEvent, ImpressionEvent, ProjectConfig } from '@sortition/core';

/** What tests change about the project. */
interface ProjectChanges {
  readonly revision?: string;
  readonly region?: string;
  readonly botFiltering?: boolean;
  readonly attributes?: readonly { readonly id: string; readonly key: string }[];
}

const ATTRIBUTES = [
  { id: 'a1', key: 'plan' },
  { id: 'a2', key: 'age' },
  { id: 'a3', key: '$opt_registered' },
];

/** A project with some attributes and one event. */
export function createConfig(changes: ProjectChanges = {}): ProjectConfig {
  const { revision = '7', region = 'US', botFiltering, attributes = ATTRIBUTES } = changes;
  return {
    version: '4',
    accountId: 'account',
    projectId: 'project',
    revision,
    sdkKey: 'key',
    environmentKey: 'test',
    region,
    anonymizeIp: true,
    botFiltering,
    sendFlagDecisions: true,
    flags: new Map(),
    rules: new Map(),
    experiments: [],
    rollouts: new Map(),
    groups: new Map(),
    audiences: new Map(),
    globalHoldouts: [],
    localHoldouts: new Map(),
    attributes: new Map(attributes.map((attribute) => [attribute.key, attribute])),
    events: new Map([['purchase', { id: 'e1', key: 'purchase', experimentIds: [] }]]),
    odp: null,
  };
}

const CONFIG = createConfig();
let made = 0;

/** A new id per event, in order. */
function nextId(): string {
  made += 1;
  return `00000000-0000-4000-8000-${String(made).padStart(12, '0')}`;
}

/** An impression of an experiment. */
export function createImpression(changes: Partial<ImpressionEvent> = {}): ImpressionEvent {
  return {
    type: 'impression',
    uuid: nextId(),
    timestamp: 1_700_000_000_000,
    config: CONFIG,
    userId: 'ada',
    attributes: { plan: 'pro' },
    clientName: 'test-client',
    clientVersion: '1.2.3',
    flagKey: 'checkout',
    ruleKey: 'checkout-test',
    ruleType: 'feature-test',
    variationKey: 'on',
    enabled: true,
    experimentId: '101',
    variationId: '1001',
    layerId: '11',
    cmabUuid: undefined,
    ...changes,
  };
}

/** A conversion. */
export function createConversion(changes: Partial<ConversionEvent> = {}): ConversionEvent {
  return {
    type: 'conversion',
    uuid: nextId(),
    timestamp: 1_700_000_000_000,
    config: CONFIG,
    userId: 'ada',
    attributes: { plan: 'pro' },
    clientName: 'test-client',
    clientVersion: '1.2.3',
    eventKey: 'purchase',
    eventId: 'e1',
    tags: undefined,
    ...changes,
  };
}
