/** Fetching the segments of a user into their context. */
import type { SegmentOption } from '@sortition/core';
import { callPart } from '@sortition/core/internal';
import { insideOf } from '../client-internals.ts';
import { reportNoOdp } from '../parts/no-odp.ts';
import type { FetchSegmentsOptions } from '../parts/segments.ts';
import type { Problems } from '../problem-reporter.ts';

/** Called with whether the segments were fetched. */
export type SegmentsCallback = (success: boolean) => void;

/** A user whose segments can be set. */
export interface SegmentedUser {
  readonly userId: string;
  get qualifiedSegments(): readonly string[] | null;
  set qualifiedSegments(segments: Iterable<string> | null);
}

/**
 * Fetches the user's segments; resolves to whether that succeeded, and never rejects for a user context. The segments
 * are set, then the callback runs, then the promise resolves. On failure, or after `timeoutMs` (60,000 by default; the
 * part may have a shorter limit), the segments become `null`. Needs the part `platform`.
 *
 * @throws SdkError `invalid-user`, as a rejection, when `user` is not a user context
 */
export async function fetchQualifiedSegments(
  user: SegmentedUser,
  first?: SegmentsCallback | readonly SegmentOption[] | FetchSegmentsOptions,
  second?: SegmentsCallback,
): Promise<boolean> {
  const { problems, steps } = insideOf(user).client;
  if (!steps.platform) reportNoOdp(problems, 'Segments cannot be fetched');
  const segments = (await steps.platform?.fetchSegments(user.userId, first)) ?? null;
  user.qualifiedSegments = segments;
  callBack(problems, typeof first === 'function' ? first : second, segments !== null);
  return segments !== null;
}

/** An error that the callback throws or rejects with is reported as a problem. */
function callBack(problems: Problems, callback: unknown, success: boolean): void {
  if (typeof callback !== 'function') return;
  const message = 'The callback of fetchQualifiedSegments failed.';
  callPart(
    () => callback(success),
    (cause) => problems.report({ code: 'callback-failed', part: 'listener', message, cause }),
  );
}
