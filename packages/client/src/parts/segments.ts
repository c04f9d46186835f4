/** Fetching a user's segments: the options in all their forms, and the promise that never rejects. */
import type { Odp, SegmentOption } from '@sortition/core';
import { toDelayMs, withDeadline } from '../deadline.ts';
import type { Problems } from '../problem-reporter.ts';
import { describeCause, readFields, readList } from '../read-input.ts';
import { reportNoOdp } from './no-odp.ts';

/** How segments are fetched. */
export interface FetchSegmentsOptions {
  readonly use?: readonly SegmentOption[] | undefined;
  /** Total, in milliseconds; 60,000 unless given, should the part itself set no limit. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A part that keeps to its own deadline is never overtaken by these; one that hangs is. */
const DEFAULT_LIMIT_MS = 60_000;
const GRACE_MS = 100;

/** Whose segments are wanted, and the options in one of their forms; anything else counts as no options. */
export interface SegmentFetch {
  readonly userId: string;
  readonly given: unknown;
}

/** Resolves the segments a user is in, or `null` after reporting why they could not be fetched. */
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
    // A limit that makes no sense is ignored: the part has a limit of its own.
    const wantedMs = toDelayMs(timeoutMs, undefined);
    const limits = { timeoutMs: (wantedMs ?? DEFAULT_LIMIT_MS) + GRACE_MS, signal };
    const request = { userId, options, timeoutMs: wantedMs, signal };
    const segments = readList(await withDeadline('Fetching segments', limits, () => odp.fetchSegments(request)));
    // A part of the application may resolve anything.
    if (segments?.every((name): name is string => typeof name === 'string')) return segments;
    throw new TypeError('The "odp" part resolved something else than a list of segment names.');
  } catch (cause) {
    const message = `The user's segments could not be fetched: ${describeCause(cause)}`;
    problems.report({ code: 'segments-failed', part: 'odp', message, cause });
    return null;
  }
}
