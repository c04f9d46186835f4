/** What the events of one request have in common: the fields a batch says once for all of them. */
import type { ConversionEvent, ImpressionEvent, ProjectConfig } from '@sortition/core';

/** Either kind of event. */
export type RecordedEvent = ImpressionEvent | ConversionEvent;

/** Events with equal contexts may share a request. Plain data: it is stored beside events. */
export interface BatchContext {
  /** Chooses the endpoint. */
  readonly region: string;
  readonly accountId: string;
  readonly projectId: string;
  readonly revision: string;
  readonly clientName: string;
  readonly clientVersion: string;
  readonly anonymizeIp: boolean;
  /** `null`: events carry no bot-filtering attribute. */
  readonly botFiltering: boolean | null;
}

const FIELDS = [
  'region',
  'accountId',
  'projectId',
  'revision',
  'clientName',
  'clientVersion',
  'anonymizeIp',
  'botFiltering',
] as const satisfies readonly (keyof BatchContext)[];

/** Tells whether two events may share a request. */
export function isSameContext(one: BatchContext, other: BatchContext): boolean {
  return one === other || FIELDS.every((field) => one[field] === other[field]);
}

/** Creates a reader of contexts that answers the same object as long as nothing changes, which is nearly always. */
export function createContextReader(): (event: RecordedEvent) => BatchContext {
  let of: ProjectConfig | undefined;
  let context: BatchContext | undefined;
  return (event) => {
    const { config, clientName, clientVersion } = event;
    if (
      context === undefined ||
      of !== config ||
      context.clientName !== clientName ||
      context.clientVersion !== clientVersion
    ) {
      context = readContext(event);
      of = config;
    }
    return context;
  };
}

/** Reads the context of an event. */
export function readContext({ config, clientName, clientVersion }: RecordedEvent): BatchContext {
  const { region, accountId, projectId, revision, anonymizeIp, botFiltering = null } = config;
  return { region, accountId, projectId, revision, clientName, clientVersion, anonymizeIp, botFiltering };
}

/** Tells whether a value read from storage is a context. */
export function isContext(value: unknown): value is BatchContext {
  if (typeof value !== 'object' || value === null) return false;
  const context = value as Record<keyof BatchContext, unknown>;
  const { anonymizeIp, botFiltering } = context;
  const texts = FIELDS.slice(0, 6).every((field) => typeof context[field] === 'string');
  return texts && typeof anonymizeIp === 'boolean' && (botFiltering === null || typeof botFiltering === 'boolean');
}
