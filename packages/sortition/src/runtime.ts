/** What a client's contexts and calls share. Built once by `createClient`, never handed out. */
import type { EventSinkHost, OdpHost, ProjectConfig } from '@sortition/core';
import type { ListenerRegistry } from './client-events.ts';
import type { ClientOptions } from './client-options.ts';
import type { ProblemReporter } from './problem-reporter.ts';
import type { Profiles } from './profiles/profiles.ts';

/** The shared parts of one client, and where it stands. */
export interface Runtime {
  readonly options: ClientOptions;
  /** What the parts are offered. */
  readonly host: OdpHost & EventSinkHost;
  readonly listeners: ListenerRegistry;
  readonly problems: ProblemReporter;
  readonly defaultBits: number;
  profiles: Profiles | undefined;
  /** The config decisions are made with; `null` before the first. */
  config: ProjectConfig | null;
  decisions: number;
  isClosed: boolean;
  /** What came after close and went nowhere. */
  ignoredAfterClose: number;
  /** Work that goes on after an answer was given. */
  readonly pendingWork: Set<Promise<unknown>>;
  /** Leaves the config source. */
  unsubscribe(): unknown;
}

/** Whether something may still be recorded. After close each "no" is counted. */
export function mayRecord(runtime: Runtime): boolean {
  if (runtime.isClosed) runtime.ignoredAfterClose += 1;
  return !runtime.isClosed;
}

/** Hands over work that goes on after an answer was given. */
export function inBackground(runtime: Runtime, work: Promise<unknown>): void {
  const settled = work.catch(() => undefined).finally(() => runtime.pendingWork.delete(settled));
  runtime.pendingWork.add(settled);
  runtime.host.waitUntil?.(settled);
}

/** Tells the config source that a decision is made, or that somebody waits for a config. Not after close. */
export function useConfigSource(runtime: Runtime, purpose: 'decision' | 'ready'): void {
  const { config } = runtime.options;
  if (config.used === undefined || runtime.isClosed) return;
  runtime.problems.guard('config', 'Telling the config source of its use', () =>
    config.used?.((work) => inBackground(runtime, work), purpose),
  );
}
