/** What a client's contexts and calls share. Built once by `createClient`, never handed out. */
import type { CmabSource, Logger, Odp, ProjectConfig } from '@sortition/core';
import type { ListenerRegistry } from './client-events.ts';
import type { EventRecorder } from './event-recorder.ts';
import type { ProblemReporter } from './problem-reporter.ts';
import type { Profiles } from './profiles/profiles.ts';

/** The shared parts of one client. */
export interface Runtime {
  /** The config decisions are made with; `null` before the first. */
  currentConfig(): ProjectConfig | null;
  /** The same, and tells the config source that a decision is being made. */
  configForDecision(): ProjectConfig | null;
  readonly defaultBits: number;
  readonly profiles: Profiles | null;
  readonly odp: Odp | undefined;
  readonly cmab: CmabSource | undefined;
  readonly events: EventRecorder;
  readonly listeners: ListenerRegistry;
  readonly problems: ProblemReporter;
  readonly logger: Logger | undefined;
  readonly clientName: string;
  readonly clientVersion: string;
  /** Counts a decision. */
  countDecision(): void;
  /** Hands over work that goes on after an answer was given. */
  background(work: Promise<unknown>): void;
}
