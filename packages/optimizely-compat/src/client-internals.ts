/** The internals that all calls of one client share. */
import type { ClientCore, DecisionSteps, Platform } from '@sortition/client';
import type { DecideFlags } from './decide-flags.ts';
import type { EventRecording } from './event-recording.ts';
import type { ForcedVariations } from './forced-variations.ts';
import type { Notifications } from './notification-center.ts';
import type { ProfileReader } from './profile-session.ts';
import type { Reporter } from './reporter.ts';

/** The internals of a client. */
export interface ClientInternals {
  readonly core: ClientCore;
  readonly reporter: Reporter;
  readonly notifications: Notifications;
  readonly profiles: ProfileReader;
  readonly forced: ForcedVariations;
  readonly recording: EventRecording;
  readonly predict: DecisionSteps['predict'];
  /** `undefined` without an ODP manager. */
  readonly platform: Platform | undefined;
  readonly defaults: DecideFlags;
}
