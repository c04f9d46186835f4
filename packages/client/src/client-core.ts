/** What the parts of a client and its calls share: where the client stands, and where they tell what happens. */
import type { EventSinkHost, OdpHost, Problem, ProjectConfig, Reason } from '@sortition/core';
import type { ListenerRegistry } from '@sortition/core/internal';
import type { ClientEvents } from './client-events.ts';
import type { ProblemReporter, Problems } from './problem-reporter.ts';

/** Where a client stands. Only the client itself and its calls change it. */
export interface ClientState {
  /** The config decisions are made with; `null` before the first. */
  config: ProjectConfig | null;
  /** The last problem of the source or of what it delivered: why there is no config yet. */
  configProblem: Problem | undefined;
  isClosed: boolean;
  /** Number of decisions, errors included. */
  decisions: number;
  /** Number of events and assignments that came after `close` and were ignored. */
  ignoredAfterClose: number;
}

/** What a part may read and call. One object per client, complete before the first part is made. */
export interface ClientCore {
  readonly state: Readonly<ClientState>;
  /** What adapters are given when they are attached: name and version of the client, logger, `waitUntil`. */
  readonly host: EventSinkHost & OdpHost;
  /** Counts, logs and tells problems. */
  readonly problems: Problems;
  /** The listeners of the client's events. */
  readonly listeners: Pick<ListenerRegistry<ClientEvents<Reason | string>>, 'on' | 'emit' | 'count'>;
  /** Takes work that goes on after an answer was given: `flush` and `close` wait for it, `waitUntil` is given it. */
  inBackground(work: Promise<unknown>): void;
  /** Resolves when the background work of this moment is done. */
  settled(): Promise<undefined>;
  /** Whether something may still be recorded. After close each "no" is counted. */
  mayRecord(): boolean;
}

/** The core as the client itself has it: the state may be changed. */
export interface OwnCore extends ClientCore {
  readonly state: ClientState;
  readonly problems: ProblemReporter;
  readonly listeners: ListenerRegistry<ClientEvents<Reason | string>>;
}
