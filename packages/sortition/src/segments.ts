/** Fetching a user's segments: the options in all their forms, and the promise that never rejects. */
import type { SegmentOption } from '@sortition/core';
import { callPart } from './call-part.ts';
import { toDelayMs, withDeadline } from './deadline.ts';
import { describeCause } from './describe-cause.ts';
import { reportNoOdp } from './odp-wiring.ts';
import { readFields, readList } from './read-input.ts';
import type { Runtime } from './runtime.ts';

/** How segments are fetched. */
export interface FetchSegmentsOptions {
  readonly use?: readonly SegmentOption[] | undefined;
  /** Total, in milliseconds; 60,000 unless given, should the part itself set no limit. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Told whether the segments were fetched. */
export type SegmentsCallback = (success: boolean) => void;

/** A part that keeps to its own deadline is never overtaken by these; one that hangs is. */
const DEFAULT_LIMIT_MS = 60_000;
const GRACE_MS = 100;

/**
 * Resolves the segments a user is in, or `null` after reporting why they could not be had.
 *
 * @param given Options in one of their forms; anything else is none.
 */
export async function fetchSegments(
  runtime: Runtime,
  userId: string,
  given: unknown,
): Promise<readonly string[] | null> {
  const { odp } = runtime.options;
  if (odp === undefined) {
    reportNoOdp(runtime, 'Segments cannot be fetched');
    return null;
  }
  const { use = given, timeoutMs, signal } = readFields(given as FetchSegmentsOptions, 'use', 'timeoutMs', 'signal');
  try {
    const options = (readList(use) ?? []) as readonly SegmentOption[];
    // A limit that makes no sense is none: the part has one of its own.
    const wantedMs = toDelayMs(timeoutMs, undefined);
    const limits = { timeoutMs: (wantedMs ?? DEFAULT_LIMIT_MS) + GRACE_MS, signal };
    const request = { userId, options, timeoutMs: wantedMs, signal };
    const segments = readList(await withDeadline('Fetching segments', limits, () => odp.fetchSegments(request)));
    // A part of somebody else's may resolve anything.
    if (segments?.every((name): name is string => typeof name === 'string')) return segments;
    throw new TypeError('The "odp" part resolved something else than a list of segment names.');
  } catch (cause) {
    const message = `The user's segments could not be fetched: ${describeCause(cause)}`;
    runtime.problems.report({ code: 'segments-failed', part: 'odp', message, cause });
    return null;
  }
}

/** Tells the caller's callback; what it throws, or rejects with when it is asynchronous, is a problem and nothing more. */
export function callBack({ problems }: Runtime, callback: unknown, success: boolean): void {
  if (typeof callback !== 'function') return;
  callPart(
    () => callback(success),
    (cause) =>
      problems.report({
        code: 'callback-failed',
        part: 'listener',
        message: 'The callback of fetchQualifiedSegments failed.',
        cause,
      }),
  );
}
