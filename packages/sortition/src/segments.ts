/** Fetching a user's segments: the options in all their forms, and the promise that never rejects. */
import type { SegmentOption } from '@sortition/core';
import { callPart } from './call-part.ts';
import { toDelayMs, withDeadline } from './deadline.ts';
import { describeCause } from './describe-cause.ts';
import type { ProblemReporter } from './problem-reporter.ts';
import { readFields } from './read-fields.ts';
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

/** A part that keeps to its own deadline is never overtaken by these; one that hangs is. */
const DEFAULT_LIMIT_MS = 60_000;
const GRACE_MS = 100;

/** Sorts the arguments of `fetchQualifiedSegments` out: options, a callback, or both. */
export function readSegmentArguments(
  first: SegmentsCallback | readonly SegmentOption[] | FetchSegmentsOptions | undefined,
  second: SegmentsCallback | undefined,
): { readonly options: FetchSegmentsOptions; readonly callback: SegmentsCallback | undefined } {
  if (typeof first === 'function') return { options: {}, callback: first };
  const callback = typeof second === 'function' ? second : undefined;
  const use = readOptions(first);
  if (use !== undefined) return { options: { use }, callback };
  return { options: readFields(first as FetchSegmentsOptions | undefined, 'use', 'timeoutMs', 'signal'), callback };
}

/** Copies a list of options; `undefined` for what is no list, or cannot be read. */
function readOptions(options: unknown): readonly SegmentOption[] | undefined {
  try {
    return Array.isArray(options) ? [...options] : undefined;
  } catch {
    return undefined; // a revoked proxy, or one whose traps throw
  }
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
    const { use, signal } = options;
    // A limit that makes no sense is none: the part has one of its own.
    const timeoutMs = (options.timeoutMs ?? -1) >= 0 ? options.timeoutMs : undefined;
    const request = { userId, options: readOptions(use) ?? [], timeoutMs, signal };
    const limits = { timeoutMs: toDelayMs((timeoutMs ?? DEFAULT_LIMIT_MS) + GRACE_MS, DEFAULT_LIMIT_MS), signal };
    return copyOfNames(await withDeadline('Fetching segments', limits, () => runtime.odp?.fetchSegments(request)));
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

/** Tells the caller's callback; what it throws, or rejects with when it is asynchronous, is a problem and nothing more. */
export function callBack(callback: SegmentsCallback, success: boolean, problems: ProblemReporter): void {
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

/** A part of somebody else's may resolve anything. */
function copyOfNames(segments: unknown): readonly string[] {
  const names: unknown = Array.isArray(segments) ? [...segments] : segments;
  if (Array.isArray(names) && names.every((name): name is string => typeof name === 'string')) return names;
  throw new TypeError('The "odp" part resolved something else than a list of segment names.');
}
