/** Fetching a user's segments: reads the options in all their forms, and never rejects. */
import type { Odp, SegmentOption } from '@sortition/core';
import { toDelayMs, withLimits } from '../deadline.ts';
import type { Problems } from '../problem-reporter.ts';
import { describeCause, readFields, readList } from '../read-input.ts';
import { reportNoOdp } from './no-odp.ts';

/** How segments are fetched. */
export interface FetchSegmentsOptions {
  readonly use?: readonly SegmentOption[] | undefined;
  /** Total, in milliseconds; 60,000 by default, unless the part has a shorter limit. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Longer than the deadlines of parts, so that it only ends fetches that hang. */
const DEFAULT_LIMIT_MS = 60_000;
const GRACE_MS = 100;

/** The user, and the options in one of their forms; anything else counts as no options. */
export interface SegmentFetch {
  readonly userId: string;
  readonly given: unknown;
}

/** Resolves to the segments of a user, or to `null` after reporting why they could not be fetched. */
export async function fetchSegments(
  problems: Problems,
  odp: Odp | undefined,
  { userId, given }: SegmentFetch,
): Promise<readonly string[] | null> {
  if (odp === undefined) {
    reportNoOdp(problems, 'Segments cannot be fetched');
    return null;
  }
  const { use = given, timeoutMs, signal } = readFields(given as FetchSegmentsOptions, 'use', 'timeoutMs', 'signal');
  try {
    const options = (readList(use) ?? []) as readonly SegmentOption[];
    // An invalid limit is ignored: the part has its own limit.
    const wantedMs = toDelayMs(timeoutMs, undefined);
    const limits = { timeoutMs: (wantedMs ?? DEFAULT_LIMIT_MS) + GRACE_MS, signal };
    const request = { userId, options, timeoutMs: wantedMs, signal };
    const segments = readList(await withLimits('Fetching segments', limits, () => odp.fetchSegments(request)));
    // A part of the application may resolve to anything.
    if (segments?.every((name): name is string => typeof name === 'string')) return segments;
    throw new TypeError('The "odp" part did not resolve a list of segment names.');
  } catch (cause) {
    const message = `The user's segments could not be fetched: ${describeCause(cause)}`;
    problems.report({ code: 'segments-failed', part: 'odp', message, cause });
    return null;
  }
}
