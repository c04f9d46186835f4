/** Problems of a client: counted, logged and told to listeners; those before the first listener are kept for it. */
import type { Logger, Problem, ProblemPart } from '@sortition/core';
import { callPart } from '@sortition/core/internal';

/** Reports everything that goes wrong without stopping a decision. */
export interface Problems {
  report(problem: Problem): void;
  /** Counts every problem, but tells only the first of a code, or of a code and subject. */
  reportFirst(problem: Problem, subject?: string): void;
  /**
   * Calls a part as `callPart` does; when it fails, that is a problem of that part and nothing more.
   *
   * @param what What was called, such as the name of a method.
   */
  guard<T>(part: ProblemPart, what: string, call: () => T): T | undefined;
}

/** The problems of one client. */
export interface ProblemReporter extends Problems {
  /** Number of problems by code. */
  counts(): Readonly<Record<string, number>>;
  /** Hands over what was reported before there was a listener; called when the first listener is added. */
  takeBacklog(): readonly Problem[];
}

const MAX_BACKLOG = 100;
/** Subjects remembered of one code; past them a new one is counted and not told, and those of other codes still are. */
const MAX_SUBJECTS = 1_000;
/** Of a subject, in characters. */
const MAX_SUBJECT_LENGTH = 100;
/** The same line is logged once in so many ms: a store that is down fails every decision. */
const REPEATED_AFTER_MS = 1_000;

/** @param emit Tells listeners; answers whether there was one. */
export function createProblemReporter(
  logger: Logger | undefined,
  emit: (problem: Problem) => boolean,
): ProblemReporter {
  const counts = new Map<string, number>();
  /** By code. */
  const told = new Map<string, Set<string>>();
  const backlog: Problem[] = [];
  const count = ({ code }: Problem): void => void counts.set(code, (counts.get(code) ?? 0) + 1);
  /** The last line of each code. */
  const logged = new Map<string, { readonly message: string; readonly at: number; repeated: number }>();
  const log = ({ code, part, message }: Problem): void => {
    const last = logged.get(code);
    const at = performance.now();
    if (last?.message === message && at - last.at < REPEATED_AFTER_MS) {
      last.repeated += 1;
      return;
    }
    logged.set(code, { message, at, repeated: 0 });
    logger?.warn({ code, part, ...(last?.repeated && { repeated: last.repeated }) }, message);
  };
  const report = (problem: Problem): void => {
    count(problem);
    if (logger) log(problem);
    if (!emit(problem) && backlog.length < MAX_BACKLOG) backlog.push(problem);
  };
  return {
    report,
    reportFirst: (problem, about = '') => {
      const subject = about.slice(0, MAX_SUBJECT_LENGTH);
      const subjects = told.get(problem.code) ?? new Set();
      told.set(problem.code, subjects);
      if (subjects.has(subject) || subjects.size >= MAX_SUBJECTS) count(problem);
      else {
        subjects.add(subject);
        report(problem);
      }
    },
    guard: (part, what, call) =>
      callPart(call, (cause) =>
        report({ code: `${part}-failed`, part, message: `"${what}" of the part "${part}" failed.`, cause }),
      ),
    counts: () => Object.fromEntries(counts),
    takeBacklog: () => backlog.splice(0),
  };
}
