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

/** What is known of the problems of one code. */
interface Kind {
  count: number;
  readonly subjects: Set<string>;
  /** The last line in the log, when it was written, and how often it was left out since. */
  line: string;
  at: number;
  repeated: number;
}

/** @param emit Tells listeners; answers whether there was one. */
export function createProblemReporter(
  logger: Logger | undefined,
  emit: (problem: Problem) => boolean,
): ProblemReporter {
  const kinds = new Map<string, Kind>();
  const backlog: Problem[] = [];
  const countIn = (code: string): Kind => {
    const kind = kinds.get(code) ?? { count: 0, subjects: new Set(), line: '', at: -REPEATED_AFTER_MS, repeated: 0 };
    kinds.set(code, kind);
    kind.count += 1;
    return kind;
  };
  const tell = (kind: Kind, problem: Problem): void => {
    const { code, part, message } = problem;
    const { line, repeated } = kind;
    const at = performance.now();
    if (line === message && at - kind.at < REPEATED_AFTER_MS) kind.repeated += 1;
    else {
      Object.assign(kind, { line: message, at, repeated: 0 });
      logger?.warn({ code, part, ...(repeated && { repeated }) }, message);
    }
    if (!emit(problem) && backlog.length < MAX_BACKLOG) backlog.push(problem);
  };
  const report = (problem: Problem): void => tell(countIn(problem.code), problem);
  return {
    report,
    reportFirst: (problem, about = '') => {
      const kind = countIn(problem.code);
      const { subjects } = kind;
      const subject = about.slice(0, MAX_SUBJECT_LENGTH);
      if (subjects.has(subject) || subjects.size >= MAX_SUBJECTS) return;
      subjects.add(subject);
      tell(kind, problem);
    },
    guard: (part, what, call) =>
      callPart(call, (cause) =>
        report({ code: `${part}-failed`, part, message: `"${what}" of the part "${part}" failed.`, cause }),
      ),
    counts: () => Object.fromEntries(Array.from(kinds, ([code, { count }]) => [code, count])),
    takeBacklog: () => backlog.splice(0),
  };
}
