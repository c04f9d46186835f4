/** A fault as its form holds it. */
import type { Fault } from '../lab/api.ts';

/** What a fault does to requests, and the one figure it takes. */
export interface FaultKind {
  readonly kind: string;
  readonly label: string;
  readonly effect: string;
  readonly figure?: {
    readonly name: 'ms' | 'status';
    readonly label: string;
    readonly initial: number;
    readonly min: number;
    readonly max: number;
  };
}

export const FAULT_KINDS: readonly FaultKind[] = [
  {
    kind: 'latency',
    label: 'Slow',
    effect: 'waits before it answers',
    figure: { name: 'ms', label: 'Delay in milliseconds', initial: 2_000, min: 0, max: 60_000 },
  },
  {
    kind: 'status',
    label: 'Error status',
    effect: 'answers with an error instead of working',
    figure: { name: 'status', label: 'Status', initial: 500, min: 200, max: 599 },
  },
  { kind: 'truncate', label: 'Cut off', effect: 'sends half of the answer and cuts the connection' },
  { kind: 'drip', label: 'Dripping', effect: 'sends the answer a byte at a time' },
  { kind: 'hang', label: 'Hanging', effect: 'never answers' },
  { kind: 'reset', label: 'Reset', effect: 'resets the connection before it works' },
  { kind: 'commit-then-reset', label: 'Lost answer', effect: 'does the work, then resets the connection' },
];

/** The endpoints, with who calls them and what should happen when they fail. */
export const ENDPOINTS: readonly { readonly name: string; readonly label: string; readonly use: string }[] = [
  { name: 'datafiles', label: 'Datafiles', use: 'Applications go on with the last datafile they have.' },
  {
    name: 'datafile-events',
    label: 'Datafile announcements',
    use: 'Changes arrive with the next poll instead of at once.',
  },
  {
    name: 'events',
    label: 'Event collector',
    use: 'Events wait in the queue and are sent again; none is counted twice.',
  },
  {
    name: 'odp-segments',
    label: 'Segments',
    use: 'Conditions on segments are not met; everything else decides as ever.',
  },
  { name: 'odp-events', label: 'Platform events', use: 'Events of the data platform wait and are sent again.' },
  { name: 'predictions', label: 'Predictions', use: 'A bandit makes no decision; other flags are not touched.' },
  { name: 'vardata', label: 'Remote variants', use: 'The application gets its fallback.' },
];

export function findKind(kind: string): FaultKind | undefined {
  return FAULT_KINDS.find((each) => each.kind === kind);
}

/** A fault of this kind with its usual figure, for every request. */
export function initialFault(kind: string): Fault {
  const figure = findKind(kind)?.figure;
  return { kind, ...(figure ? { [figure.name]: figure.initial } : {}) };
}
