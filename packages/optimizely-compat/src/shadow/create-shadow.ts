/**
 * Shadow mode: an application keeps its current client, and a client of this package, the candidate, evaluates the same
 * calls in the background. Differences are reported; the candidate has no other visible effect.
 */
import { SdkError } from '@sortition/core';
import { describeValue } from '@sortition/core/internal';
import type { Client, OptimizelyUserContext } from '../contract/client.ts';
import type { UserAttributes } from '../contract/user.ts';
import { createComparisonQueue } from './comparison-queue.ts';
import {
  type ComparedDecision,
  compareDecisions,
  type DifferenceKind,
  isSame,
  type ShadowDifference,
  toCompared,
} from './difference.ts';
import { type AskingUser, QUIET, type QuietCandidate } from './quiet-candidate.ts';
import { type AnsweredCall, type ShadowSeam, ShadowUser } from './shadow-user.ts';

/** A client of the official SDK, of version 5 or 6, or one with its interface. */
export type ShadowedClient = Pick<Client, OlderMethod | 'getOptimizelyConfig'> & {
  createUserContext(userId?: string, attributes?: UserAttributes): object | null;
};

/** Options of `createShadow`. */
export interface ShadowOptions<Primary extends ShadowedClient> {
  /** The client whose results the application gets. */
  readonly primary: Primary;
  /**
   * A client of this package, of `createInstance` of the root or of `./v5`. It only decides: it sends no events, writes
   * no profiles and calls no listeners.
   */
  readonly candidate: object;
  /** Share of calls that are compared, from 0 to 1; 1 by default. */
  readonly sample?: number;
  /** Called with each difference. Its errors are counted and not rethrown. */
  readonly onDifference: (difference: ShadowDifference) => void;
  /** Comparisons that wait at most; 1,000 by default. */
  readonly maxPending?: number;
  /** Comparisons per second at most; 1,000 by default. */
  readonly maxPerSecond?: number;
  /** Differences per second that are reported at most; 20 by default. Above it they are only counted. */
  readonly maxReportsPerSecond?: number;
}

/** What a shadow did since it was created. */
export interface ShadowStats {
  /** Calls that were compared. */
  readonly compared: number;
  /** Calls that were to be compared, and were not because too many came at once. */
  readonly leftOut: number;
  /** Decisions that cannot be compared without asking the prediction service. */
  readonly skipped: number;
  readonly differences: number;
  readonly byKind: Readonly<Partial<Record<DifferenceKind, number>>>;
  /** Differences that were counted and not reported, because too many came at once. */
  readonly unreported: number;
  /** Calls of `onDifference` that threw. */
  readonly reportsFailed: number;
}

/** How an application reaches the shadow behind its client. */
export interface ShadowHandle {
  shadowStats(): ShadowStats;
  /** Resolves when every comparison that waits is done. */
  shadowSettled(): Promise<void>;
  /** Ends the comparisons; the client continues. */
  stopShadow(): void;
}

type OlderMethod = (typeof OLDER)[number] | 'setForcedVariation';

/** Older calls with a single result, with the index of the user id in their arguments. */
const OLDER = [
  'activate',
  'getVariation',
  'isFeatureEnabled',
  'getEnabledFeatures',
  'getFeatureVariable',
  'getFeatureVariableBoolean',
  'getFeatureVariableDouble',
  'getFeatureVariableInteger',
  'getFeatureVariableString',
  'getFeatureVariableJSON',
  'getAllFeatureVariables',
] as const;

/** Calls that take the key of an experiment. */
const BY_EXPERIMENT: readonly string[] = ['activate', 'getVariation'];

type AnyCall = (...given: readonly unknown[]) => unknown;

/**
 * Wraps a client so that a candidate evaluates the same calls in the background.
 *
 * Calls return the objects of `primary`. Afterwards, when the runtime is idle, the candidate decides for the user as
 * they were at the time of the call. The candidate never throws into the caller, sends no events and writes no
 * profiles. Memory and rate are bounded.
 *
 * @throws SdkError `invalid-option` when `candidate` is not a client of this package, or `sample` not a share, or a bound neither
 * a whole number nor `Infinity`
 * @example
 * const client = createShadow({ primary: official, candidate, onDifference: (found) => log.write(`${JSON.stringify(found)}\n`) });
 */
export function createShadow<Primary extends ShadowedClient>(options: ShadowOptions<Primary>): Primary & ShadowHandle {
  if (typeof options !== 'object' || options === null)
    throw invalid(`createShadow needs options, got ${describeValue(options)}.`);
  const {
    primary,
    onDifference,
    sample = 1,
    maxPending = 1_000,
    maxPerSecond = 1_000,
    maxReportsPerSecond = 20,
  } = options;
  const candidate = (options.candidate as { readonly [QUIET]?: () => QuietCandidate } | undefined)?.[QUIET]?.();
  if (candidate === undefined) {
    throw invalid(
      '"candidate" is not a client of @sortition/optimizely-compat; expected what its createInstance returned.',
    );
  }
  if (typeof sample !== 'number' || !(sample >= 0 && sample <= 1))
    throw invalid(`"sample" is not a share of calls; expected 0 to 1, got ${describeValue(sample)}.`);
  for (const [name, bound] of Object.entries({ maxPending, maxPerSecond, maxReportsPerSecond })) {
    if (bound !== Number.POSITIVE_INFINITY && !(Number.isInteger(bound) && bound >= 0))
      throw invalid(`"${name}" is not a count; expected a whole number from 0, got ${describeValue(bound)}.`);
  }
  const queue = createComparisonQueue({ maxPending, maxPerSecond });
  const counts = { compared: 0, full: 0, skipped: 0, differences: 0, unreported: 0, reportsFailed: 0 };
  const byKind: Partial<Record<DifferenceKind, number>> = {};
  let second = 0;
  let reportedInSecond = 0;

  /** Runs before the result is returned; everything else happens afterwards. */
  function compareLater(comparison: () => unknown): void {
    if (sample < 1 && Math.random() >= sample) return;
    if (!queue.add(comparison)) counts.full += 1;
  }

  function report(found: Omit<ShadowDifference, 'at' | 'primaryRevision' | 'candidateRevision'>): void {
    counts.differences += 1;
    byKind[found.kind] = (byKind[found.kind] ?? 0) + 1;
    const at = Date.now();
    const now = Math.floor(at / 1_000);
    if (now !== second) {
      second = now;
      reportedInSecond = 0;
    }
    reportedInSecond += 1;
    if (reportedInSecond > maxReportsPerSecond) {
      counts.unreported += 1;
      return;
    }
    try {
      const revisions = { primaryRevision: revisionOf(primary), candidateRevision: candidate?.revision() ?? null };
      onDifference({ at, ...found, ...revisions });
    } catch {
      counts.reportsFailed += 1;
    }
  }

  /** Compares one call; a candidate that fails is a difference and nothing more. */
  async function compare(call: string, user: AskingUser, key: string, work: () => unknown): Promise<void> {
    counts.compared += 1;
    try {
      await work();
    } catch (error) {
      const { userId, attributes } = user;
      report({ kind: 'failed', call, key, userId, attributes, explanation: [], error: String(error) });
    }
  }

  function compareAnswers(
    call: string,
    user: AskingUser,
    primaryAnswers: Readonly<Record<string, ComparedDecision>>,
    ours: Readonly<Record<string, ComparedDecision & { readonly reasons: readonly string[] }>>,
  ): void {
    for (const key of new Set([...Object.keys(primaryAnswers), ...Object.keys(ours)])) {
      if (ours[key]?.reasons.at(-1)?.startsWith('Failed to fetch CMAB data')) {
        counts.skipped += 1;
        continue;
      }
      const [theirs, mine] = [primaryAnswers[key], ours[key]];
      const kind = compareDecisions(theirs, mine);
      if (kind === undefined) continue;
      report({
        kind,
        call,
        key,
        userId: user.userId,
        attributes: user.attributes,
        ...(theirs && { primary: toCompared(theirs) }),
        ...(mine && { candidate: toCompared(mine) }),
        explanation: candidate?.explain(user, key, 'flag') ?? [],
      });
    }
  }

  const answered = (work: (answered: AnsweredCall) => unknown) => (given: AnsweredCall) => {
    const { call, user, keys } = given;
    compareLater(() => compare(call, user, keys === null ? '*' : String(keys), () => work(given)));
  };
  const seam: ShadowSeam = {
    decided: answered(({ call, user, keys, options: given, answers }) => {
      const ours = candidate.decide(user, keys, given);
      if (ours) compareAnswers(call, user, answers, ours);
    }),
    decidedAsync: answered(async ({ call, user, keys, options: given, answers }) => {
      const ours = await candidate.decideAsync(user, keys, given);
      if (ours) compareAnswers(call, user, answers, ours);
    }),
  };

  const wrapped = new Map<PropertyKey, unknown>();
  for (const method of OLDER) {
    wrapped.set(method, (...given: readonly unknown[]) => {
      const answer = (primary[method] as AnyCall).apply(primary, given as []);
      const place = method === 'getEnabledFeatures' ? 0 : method.startsWith('getFeatureVariable') ? 2 : 1;
      const [userId, attributes] = [String(given[place]), { ...(given[place + 1] as UserAttributes) }];
      const user: AskingUser = { userId, attributes, segments: null, forced: null };
      const key = place === 0 ? '*' : String(given[0]);
      compareLater(() =>
        compare(method, user, key, () => {
          const ours = (candidate.older[method] as AnyCall)(...given);
          if (isSame(answer, ours)) return;
          const subject = BY_EXPERIMENT.includes(method) ? 'experiment' : 'flag';
          const explanation = place === 0 ? [] : candidate.explain(user, key, subject);
          report({
            kind: 'value',
            call: method,
            key,
            userId,
            attributes,
            primary: answer,
            candidate: ours,
            explanation,
          });
        }),
      );
      return answer;
    });
  }
  wrapped.set('setForcedVariation', (...given: readonly unknown[]) => {
    const answer = (primary.setForcedVariation as AnyCall).apply(primary, given as []);
    // Queued in the order of the calls, because later decisions depend on it.
    queue.add(() => (candidate.older.setForcedVariation as AnyCall)(...given));
    return answer;
  });
  wrapped.set('createUserContext', (...given: readonly unknown[]) => {
    const user = (primary.createUserContext as AnyCall).apply(primary, given as []) as OptimizelyUserContext | null;
    return user === null ? null : new ShadowUser(user, seam);
  });
  const handle: ShadowHandle = {
    shadowStats: () => ({
      compared: counts.compared,
      leftOut: counts.full + queue.leftOut,
      skipped: counts.skipped,
      differences: counts.differences,
      byKind: { ...byKind },
      unreported: counts.unreported,
      reportsFailed: counts.reportsFailed,
    }),
    shadowSettled: queue.settled,
    stopShadow: queue.stop,
  };
  for (const [name, method] of Object.entries(handle)) wrapped.set(name, method);

  return new Proxy(primary, {
    get(target, name) {
      const own = wrapped.get(name);
      if (own !== undefined) return own;
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      const bound = value.bind(target) as unknown;
      wrapped.set(name, bound);
      return bound;
    },
  }) as Primary & ShadowHandle;
}

function invalid(message: string): SdkError {
  return new SdkError('invalid-option', message);
}

/** Of the datafile a client serves; `null` when it has none. */
function revisionOf(client: ShadowedClient): string | null {
  return client.getOptimizelyConfig()?.revision ?? null;
}
