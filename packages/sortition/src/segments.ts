/** Fetching a user's segments: the options in all their forms, and the promise that never rejects. */
import type { SegmentOption } from '@sortition/core';
import { describeCause } from './describe-cause.ts';
import type { Runtime } from './runtime.ts';

/** How segments are fetched. */
export interface FetchSegmentsOptions {
  readonly use?: readonly SegmentOption[];
  /** Total, in milliseconds. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** Told whether the segments were fetched. */
export type SegmentsCallback = (success: boolean) => void;

/** Sorts the arguments of `fetchQualifiedSegments` out: options, a callback, or both. */
export function readSegmentArguments(
  first: SegmentsCallback | readonly SegmentOption[] | FetchSegmentsOptions | undefined,
  second: SegmentsCallback | undefined,
): { readonly options: FetchSegmentsOptions; readonly callback: SegmentsCallback | undefined } {
  if (typeof first === 'function') return { options: {}, callback: first };
  const callback = typeof second === 'function' ? second : undefined;
  if (Array.isArray(first)) return { options: { use: first as readonly SegmentOption[] }, callback };
  return { options: (first as FetchSegmentsOptions | undefined) ?? {}, callback };
}

/** Resolves the segments a user is in, or `null` after reporting why they could not be had. */
export async function fetchSegments(
  runtime: Runtime,
  userId: string,
  options: FetchSegmentsOptions,
): Promise<readonly string[] | null> {
  if (runtime.odp === undefined) {
    runtime.problems.report({
      code: 'no-odp',
      part: 'odp',
      message:
        'Segments cannot be fetched: the client has no "odp" part. Pass "odp: createOdp()" from @sortition/odp to createClient.',
    });
    return null;
  }
  try {
    const { use, timeoutMs, signal } = options;
    const segments = await runtime.odp.fetchSegments({
      userId,
      options: Array.isArray(use) ? use : [],
      timeoutMs,
      signal,
    });
    return [...segments];
  } catch (cause) {
    runtime.problems.report({
      code: 'segments-failed',
      part: 'odp',
      message: `The user's segments could not be fetched: ${describeCause(cause)}`,
      cause,
    });
    return null;
  }
}
