/** Reads the differences of a shadow, one per line, and says what they have in common and what to do about them. */
import type { Reason } from '@sortition/core';
import type { ComparedDecision, DifferenceKind, ShadowDifference } from './difference.ts';

/** Differences that have everything in common that tells them apart. */
export interface ShadowGroup {
  readonly kind: DifferenceKind;
  /** Flag or experiment. */
  readonly key: string;
  /** Key of the rule by which each decided; `null` for none. */
  readonly primaryRule: string | null;
  readonly candidateRule: string | null;
  /** What settled the candidate's decision, as a reason code; `null` when that is not known. */
  readonly reason: string | null;
  /** Attributes that the audiences on the way to it read. */
  readonly attributes: readonly string[];
  /** Whether the two had datafiles of different revisions. */
  readonly isSkewed: boolean;
  readonly count: number;
  readonly users: number;
  readonly example: ShadowDifference;
  /** What to do. */
  readonly advice: string;
}

/** Everything the lines say, the largest group first. */
export interface ShadowReport {
  readonly differences: number;
  /** Lines that are not a difference. */
  readonly unreadable: number;
  readonly groups: readonly ShadowGroup[];
}

/** Reads the lines of a log. Lines that are empty are skipped; lines that are no difference are counted. */
export function readShadowReport(lines: Iterable<string>): ShadowReport {
  const groups = new Map<string, { first: ShadowDifference; count: number; users: Set<string> }>();
  let differences = 0;
  let unreadable = 0;
  for (const line of lines) {
    if (line.trim() === '') continue;
    const difference = readLine(line);
    if (difference === undefined) {
      unreadable += 1;
      continue;
    }
    differences += 1;
    const { kind, key, ...facts } = factsOf(difference);
    const id = JSON.stringify([kind, key, facts]);
    const group = groups.get(id) ?? { first: difference, count: 0, users: new Set<string>() };
    group.count += 1;
    if (group.users.size < MAX_USERS) group.users.add(difference.userId);
    groups.set(id, group);
  }
  const found = [...groups.values()].map(({ first, count, users }): ShadowGroup => {
    const facts = factsOf(first);
    return { ...facts, count, users: users.size, example: first, advice: adviceFor(facts, first) };
  });
  return { differences, unreadable, groups: found.sort((one, other) => other.count - one.count) };
}

/** Writes a report as lines of plain text, without a line break at the end. */
export function formatShadowReport({ differences, unreadable, groups }: ShadowReport): string {
  if (differences === 0) return `No differences.${unreadable > 0 ? ` ${unreadable} lines could not be read.` : ''}`;
  const head = `${differences} differences in ${groups.length} groups${unreadable > 0 ? `; ${unreadable} lines could not be read` : ''}`;
  const blocks = groups.map((group) => {
    const { kind, key, count, users, example, reason, attributes, advice, isSkewed } = group;
    const lines = [
      `${count} × ${kind} of "${key}", ${users} ${users === 1 ? 'user' : 'users'}`,
      `  primary   ${describe(example.primary)}`,
      `  candidate ${describe(example.candidate)}`,
      ...(reason === null
        ? []
        : [`  settled by ${reason}${attributes.length > 0 ? `, after attributes ${attributes.join(', ')}` : ''}`]),
      `  revisions ${example.primaryRevision} and ${example.candidateRevision}${isSkewed ? ', which differ' : ''}`,
      `  user ${JSON.stringify(example.userId)} for example`,
      `  → ${advice}`,
    ];
    return lines.join('\n');
  });
  return [head, ...blocks].join('\n\n');
}

/** More of them make no other report. */
const MAX_USERS = 10_000;

function readLine(line: string): ShadowDifference | undefined {
  try {
    const { kind, key, userId, explanation, ...rest } = JSON.parse(line) as ShadowDifference;
    if ([kind, key, userId].some((text) => typeof text !== 'string')) return undefined;
    return { kind, key, userId, ...rest, explanation: Array.isArray(explanation) ? explanation : [] };
  } catch {
    return undefined;
  }
}

type Facts = Omit<ShadowGroup, 'count' | 'users' | 'example' | 'advice'>;

function factsOf({
  kind,
  key,
  primary,
  candidate,
  primaryRevision,
  candidateRevision,
  explanation,
}: ShadowDifference): Facts {
  return {
    kind,
    key,
    primaryRule: ruleOf(primary),
    candidateRule: ruleOf(candidate),
    reason: explanation.filter(({ code }) => code in SETTLES).at(-1)?.code ?? null,
    attributes: attributesOf(explanation),
    isSkewed: primaryRevision !== candidateRevision,
  };
}

function ruleOf(answer: unknown): string | null {
  return (answer as ComparedDecision | null | undefined)?.ruleKey ?? null;
}

/** In the order of the alphabet, each once. */
function attributesOf(explanation: readonly Reason[]): string[] {
  const names = explanation.flatMap((step) =>
    step.code === 'audiences-evaluated'
      ? (step.audiences ?? []).flatMap(({ conditions }) => conditions.map(({ attribute }) => attribute ?? []))
      : [],
  );
  return [...new Set(names.flat())].sort();
}

const SAME_STORE =
  'A stored assignment settled it. Give both clients the same profile service; an assignment that only one of them reads is no difference of the SDKs.';
const AUDIENCE =
  'An audience settled it. Look at the attributes that are passed: values of other types than text, number and boolean count as absent in the candidate.';
const FORCED =
  'Something forced it. Variations that were forced before the shadow was created are not known to the candidate.';
const BUCKET =
  'The bucket settled it. Look at $opt_bucketing_id and, for ids beyond ASCII, at the version of the official SDK: before 5.0 it hashed them in another way.';
const CATCH_ALL = 'Replay the user with explain(), and open an issue with the datafile if the explanation is right.';

/** Reasons that settle a decision, to what to do about a difference. */
const SETTLES: Readonly<Record<string, string>> = {
  'forced-decision': FORCED,
  'forced-variation': FORCED,
  'allow-listed': CATCH_ALL,
  sticky: SAME_STORE,
  'holdout-variation': 'A holdout settled it. Versions of the official SDK before 6 do not know holdouts.',
  'experiment-not-running':
    'The rule is not running. The official SDK takes the status from the last rule with the same key: give rules keys of their own.',
  'experiment-audience-not-met': AUDIENCE,
  'experiment-variation': BUCKET,
  'experiment-no-variation': BUCKET,
  'delivery-bucketed': BUCKET,
  'delivery-audience-not-met': AUDIENCE,
  'rollout-miss': AUDIENCE,
  'flag-not-found': 'The flag is not in the datafile of the candidate. Compare the SDK keys and the environments.',
  'sdk-not-ready': 'The candidate had no datafile. Create the shadow when both clients are ready.',
};

function adviceFor({ kind, reason, isSkewed }: Facts, { error }: ShadowDifference): string {
  if (isSkewed)
    return 'The two had datafiles of different revisions. Expected for a moment after a change; if it stays, compare SDK keys and polling intervals.';
  if (kind === 'failed') return `The candidate failed (${error}). That is a defect of the candidate: open an issue.`;
  if (kind === 'variables')
    return 'The values differ. Compare the variables of the variation; a value that is no JSON is null in both.';
  return (reason !== null && SETTLES[reason]) || CATCH_ALL;
}

function describe(answer: unknown): string {
  if (answer === undefined) return 'no answer';
  const { variationKey, enabled, ruleKey } = (answer ?? {}) as Partial<ComparedDecision>;
  if (variationKey === undefined) return JSON.stringify(answer);
  return `${variationKey ?? 'no variation'}, ${enabled ? 'on' : 'off'}${ruleKey ? `, by ${ruleKey}` : ''}`;
}
