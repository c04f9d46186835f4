/**
 * A client of this package that only decides: it sends no events, writes no profiles, calls no listeners and no
 * prediction service, however the wrapped client is configured.
 */
import {
  createUserSnapshot,
  decide,
  decideExperiment,
  detailedTrace,
  type ForcedDecisions,
  type Reason,
  type UserSnapshot,
  withForcedDecisions,
  withSegments,
} from '@sortition/core';
import type { ClientInternals } from '../client-internals.ts';
import type { UserAttributes } from '../contract/user.ts';
import { type DecideCall, type Decisions, decideKeys, decideKeysAsync } from '../decide-call.ts';
import { type DecideFlags, readDecideFlags } from '../decide-flags.ts';
import { createForcedVariations } from '../forced-variations.ts';
import { createNotifications } from '../notification-center.ts';
import { createOlderCalls, type OlderCalls } from '../older-calls.ts';
import type { Reporter } from '../reporter.ts';

/** A user as they were when the application made the call. */
export interface AskingUser {
  readonly userId: string;
  readonly attributes: UserAttributes;
  readonly segments: readonly string[] | null;
  readonly forced: ForcedDecisions | null;
}

/** One key alone, several, or `null` for every flag. */
export type AskedKeys = string | readonly string[] | null;

/** Decides without side effects. */
export interface QuietCandidate {
  /** @param keys One key alone, several, or `null` for every flag. @returns `undefined` without a datafile */
  decide(user: AskingUser, keys: AskedKeys, options: unknown): Decisions | undefined;
  decideAsync(user: AskingUser, keys: AskedKeys, options: unknown): Promise<Decisions | undefined>;
  readonly older: OlderCalls;
  /** How a flag, or an experiment by its own key, is decided. */
  explain(user: AskingUser, key: string, subject: 'flag' | 'experiment'): readonly Reason[];
  revision(): string | null;
}

/** Where a client of this package has its quiet half; registered, so that copies of the package understand each other. */
export const QUIET: unique symbol = /* @__PURE__ */ Symbol.for('sortition.compat.quiet') as never;

const SILENT: Reporter = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  report: () => undefined,
};

/** Creates the quiet half of a client. */
export function createQuietCandidate(loud: ClientInternals): QuietCandidate {
  const { core, profiles } = loud;
  const quiet: ClientInternals = {
    ...loud,
    reporter: SILENT,
    notifications: createNotifications(SILENT),
    profiles: { ...profiles, close: () => undefined },
    forced: createForcedVariations(SILENT),
    recording: { impression: () => undefined, conversion: () => undefined },
    predict: undefined,
  };
  const openCall = (user: AskingUser, keys: AskedKeys, options: unknown): DecideCall => ({
    client: quiet,
    snapshot: toSnapshot(user),
    attributes: user.attributes,
    userContext: undefined as never,
    flags: flagsOf(typeof keys === 'string', readDecideFlags(options, quiet.defaults, SILENT)),
  });
  const keysOf = (keys: AskedKeys): readonly string[] =>
    typeof keys === 'string' ? [keys] : (keys ?? [...(core.state.config?.flags.keys() ?? [])]);
  return {
    decide(user, keys, options) {
      const { config } = core.state;
      return config === null ? undefined : decideKeys(openCall(user, keys, options), config, keysOf(keys));
    },
    async decideAsync(user, keys, options) {
      const { config } = core.state;
      return config === null ? undefined : decideKeysAsync(openCall(user, keys, options), config, keysOf(keys));
    },
    older: createOlderCalls(quiet),
    explain(user, key, subject) {
      const { config } = core.state;
      if (config === null) return [{ code: 'sdk-not-ready' }];
      const snapshot = toSnapshot(user);
      const { stored } = quiet.profiles.open(snapshot);
      const trace = detailedTrace([]);
      const evaluate = subject === 'flag' ? decide : decideExperiment;
      evaluate(config, snapshot, key, { stored, forcedVariations: quiet.forced.of(config, user.userId), trace });
      return trace.reasons;
    },
    revision: () => core.state.config?.revision ?? null,
  };
}

/** A call for a single flag returns a decision even when the flag is disabled. */
function flagsOf(isAlone: boolean, flags: DecideFlags): DecideFlags {
  if (!isAlone || !flags.has('ENABLED_FLAGS_ONLY')) return flags;
  return new Set([...flags].filter((flag) => flag !== 'ENABLED_FLAGS_ONLY'));
}

function toSnapshot({ userId, attributes, segments, forced }: AskingUser): UserSnapshot {
  let snapshot = createUserSnapshot(userId, attributes);
  if (segments) snapshot = withSegments(snapshot, new Set(segments));
  return forced ? withForcedDecisions(snapshot, forced) : snapshot;
}
