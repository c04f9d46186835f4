/** The parts of an explanation that take several lines: audiences with their conditions, and traffic with a bucket. */
import { toJsonText } from './json-text.ts';
import type { AudienceCheck, ConditionCheck, TrafficSpan, Verdict } from './reasons.ts';

const LINE_WIDTH = 50;
const MAX_VALUE_LENGTH = 80;

/** Comparisons in words; other match types are shown by their name. */
const WORDS: ReadonlyMap<string, string> = /* @__PURE__ */ new Map([
  ['exact', 'is'],
  ['exists', 'is there'],
  ['substring', 'contains'],
  ['gt', '>'],
  ['ge', '>='],
  ['lt', '<'],
  ['le', '<='],
  ['semver_eq', 'is version'],
  ['semver_gt', '> version'],
  ['semver_ge', '>= version'],
  ['semver_lt', '< version'],
  ['semver_le', '<= version'],
]);

/** The audiences of a rule with the conditions that were evaluated. */
export function audienceLines(audiences: readonly AudienceCheck[], verdict: Verdict): readonly string[] {
  if (audiences.length === 0) return [verdict === true ? 'for everyone' : `=> ${outcome(verdict)}`];
  const lines = audiences.flatMap((audience) => [
    `${mark(audience.verdict)} audience ${audience.name === null ? `${audience.audienceId}, which the datafile does not have` : formatValue(audience.name)}`,
    ...audience.conditions.map((check) => `    ${mark(check.verdict)} ${conditionText(check)}`),
  ]);
  return verdict === true ? lines : [...lines, `=> ${outcome(verdict)}`];
}

/** The traffic line with the bucket under it and the variation of each part; no line when one variation has all traffic. */
export function trafficLines(bucket: number, spans: readonly TrafficSpan[]): readonly string[] {
  if (spans[0]?.variationKey != null && spans[0].end >= 10_000) return [];
  const letters = spans.map((span, index) => (span.variationKey === null ? '.' : letterOf(index)));
  const cells = Array.from({ length: LINE_WIDTH }, (_, cell) => {
    const at = ((cell + 0.5) * 10_000) / LINE_WIDTH;
    return letters[spans.findIndex(({ start, end }) => at >= start && at < end)] ?? '.';
  });
  const legend = spans.map(
    ({ start, end, variationKey }, index) => `${letters[index]} ${variationKey ?? 'no variation'} ${start}-${end - 1}`,
  );
  return [
    `|${cells.join('')}|  ${legend.join(', ') || 'no traffic'}`,
    `${' '.repeat(1 + Math.floor((bucket / 10_000) * LINE_WIDTH))}^`,
  ];
}

/** A value as JSON, cut when it is long; numbers that JSON does not have are shown by name. */
export function formatValue(value: unknown): string {
  if (typeof value === 'number') return String(value);
  return toJsonText(value, MAX_VALUE_LENGTH) ?? 'a deeply nested value';
}

function conditionText({ attribute, segment, match, expected, actual, verdict }: ConditionCheck): string {
  if (segment !== undefined) return `in segment ${formatValue(segment)}`;
  const word = WORDS.get(match) ?? match;
  const target = match === 'exists' ? '' : ` ${formatValue(expected)}`;
  const unknown = verdict === null && actual !== undefined ? ', which cannot be compared' : '';
  return `${attribute ?? 'a condition'} ${word}${target} (${actual === undefined ? 'absent' : formatValue(actual)}${unknown})`;
}

function outcome(verdict: Verdict): string {
  return verdict === null ? 'not in the audience: unknown counts as no' : 'not in the audience';
}

/** `?` means unknown: the user does not have the attribute, or its value cannot be compared. */
function mark(verdict: Verdict): string {
  return verdict === null ? '[?]' : verdict ? '[x]' : '[ ]';
}

function letterOf(index: number): string {
  return String.fromCharCode(65 + (index % 26));
}
