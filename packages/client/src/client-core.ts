/** What the parts and the calls of a client share: its state, and the places to report what happens. */
import type { EventSinkHost, OdpHost, Problem, ProjectConfig, Reason } from '@sortition/core';
import type { ListenerRegistry } from '@sortition/core/internal';
import type { ClientEvents } from './client-events.ts';
import type { ProblemReporter, Problems } from './problem-reporter.ts';

/** The state of a client. Only the client itself and its calls change it. */
export interface ClientState {
  /** The config decisions are made with; `null` before the first. */
  config: ProjectConfig | null;
  /** The last problem of the source or of its data: the reason why there is no config yet. */
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
  /** The host that adapters are attached to: name and version of the client, logger, `waitUntil`. */
  readonly host: EventSinkHost & OdpHost;
  /** Counts and logs problems, and reports them to listeners. */
  readonly problems: Problems;
  /** The listeners of the client's events. */
  readonly listeners: Pick<ListenerRegistry<ClientEvents<Reason | string>>, 'on' | 'emit' | 'count'>;
  /**
   * Takes work that continues after a result was returned: `flush` and `close` wait for it, and it is passed to
   * `waitUntil`.
   */
  inBackground(work: Promise<unknown>): void;
  /** Resolves when the current background work is done. */
  settled(): Promise<undefined>;
  /** Returns whether something may still be recorded. After close each `false` is counted. */
  mayRecord(): boolean;
}

/** The core for the client itself, which may change the state. */
export interface OwnCore extends ClientCore {
  readonly state: ClientState;
  readonly problems: ProblemReporter;
  readonly listeners: ListenerRegistry<ClientEvents<Reason | string>>;
}
