/**
 * Problems of a client: counted, logged and passed to listeners. Problems before the first listener are kept for it.
 */
import type { Logger, Problem, ProblemPart } from '@sortition/core';
import { callPart } from '@sortition/core/internal';

/** Reports everything that goes wrong without stopping a decision. */
export interface Problems {
  report(problem: Problem): void;
  /** Counts every problem, but reports only the first of a code, or of a code and subject. */
  reportFirst(problem: Problem, subject?: string): void;
  /**
   * Calls a part as `callPart` does; a failure is reported as a problem of that part.
   *
   * @param what Name of the called function, for the message.
   */
  guard<T>(part: ProblemPart, what: string, call: () => T): T | undefined;
}

/** The problems of one client. */
export interface ProblemReporter extends Problems {
  /** Number of problems by code. */
  counts(): Readonly<Record<string, number>>;
  /** Returns the problems from before there was a listener; called when the first listener is added. */
  takeBacklog(): readonly Problem[];
}

const MAX_BACKLOG = 100;
/**
 * Limit of remembered subjects per code. New subjects beyond it are counted but not reported; other codes are not
 * affected.
 */
const MAX_SUBJECTS = 1_000;
/** Longer subjects are cut, in characters. */
const MAX_SUBJECT_LENGTH = 100;

/** The state of the problems of one code. */
interface Kind {
  count: number;
  readonly subjects: Set<string>;
  /** The last logged line: its second and its text. */
  line: string;
}

/** @param emit Calls listeners; returns whether there was one. */
export function createProblemReporter(
  logger: Logger | undefined,
  emit: (problem: Problem) => boolean,
): ProblemReporter {
  const kinds = new Map<string, Kind>();
  const backlog: Problem[] = [];
  /** @param subject Absent for a problem that is reported each time. */
  const tell = (problem: Problem, subject?: string): void => {
    const { code, part, message } = problem;
    const kind = kinds.get(code) ?? { count: 0, subjects: new Set(), line: '' };
    const { subjects, line } = kind;
    kinds.set(code, kind);
    kind.count += 1;
    if (subject !== undefined) {
      if (subjects.has(subject) || subjects.size >= MAX_SUBJECTS) return;
      subjects.add(subject);
    }
    // A store that is down fails every decision: the same line is logged once a second.
    kind.line = `${Math.floor(Date.now() / 1_000)} ${message}`;
    if (kind.line !== line) logger?.warn({ code, part }, message);
    if (!emit(problem) && backlog.length < MAX_BACKLOG) backlog.push(problem);
  };
  return {
    report: (problem) => tell(problem),
    reportFirst: (problem, subject = '') => tell(problem, subject.slice(0, MAX_SUBJECT_LENGTH)),
    guard: (part, what, call) =>
      callPart(call, (cause) =>
        tell({ code: `${part}-failed`, part, message: `"${what}" of the part "${part}" failed.`, cause }),
      ),
    counts: () => Object.fromEntries(Array.from(kinds, ([code, { count }]) => [code, count])),
    takeBacklog: () => backlog.splice(0),
  };
}
