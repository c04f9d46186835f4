/** Faults to seed into the sources of core: each replaces a text that is there once. */

/** A seeded fault. */
export interface Mutant {
  /** What the faulty implementation does. */
  readonly fault: string;
  readonly from: string;
  readonly to: string;
}

export const MUTANTS: readonly Mutant[] = [
  { fault: 'hashes with another seed', from: 'const SEED = 1;', to: 'const SEED = 2;' },
  { fault: 'has one bucket too few', from: 'BUCKET_COUNT = 10_000', to: 'BUCKET_COUNT = 9_999' },
  {
    fault: 'counts the end of a range as inside',
    from: '!(bucket < (ends[index] as number))',
    to: '!(bucket <= (ends[index] as number))',
  },
  { fault: 'hashes characters instead of bytes', from: 'if (!NOT_ASCII.test(text)) return text;', to: 'return text;' },
  {
    fault: 'takes bytes of characters for ASCII',
    from: 'Number.parseInt(byte, 16)',
    to: 'Number.parseInt(byte, 16) & 0x7f',
  },
  {
    fault: 'ignores the bucketing id',
    from: 'startHash(toHashKey(user.bucketingId))',
    to: 'startHash(toHashKey(user.userId))',
  },
  {
    fault: 'lets a user into every experiment of a group',
    from: 'return chosen === rule.id;',
    to: 'return chosen !== undefined;',
  },
  {
    fault: 'takes unknown for a met audience when reasons are wanted',
    from: 'return verdict === true;',
    to: 'return verdict !== false;',
  },
  {
    fault: 'takes unknown for a met audience',
    from: 'return hasVerdict(audiences, ref, true);',
    to: 'return !hasVerdict(audiences, ref, false);',
  },
  {
    fault: 'takes the negation of unknown for true',
    from: 'return hasVerdict(audiences, nodes[at + 2] as number, !verdict);',
    to: 'return !hasVerdict(audiences, nodes[at + 2] as number, verdict);',
  },
  { fault: 'forgets that an operand is unknown', from: '!verdict && isJudged(code, expected, actual)', to: '!verdict' },
  {
    fault: 'takes an empty list of operands the other way round',
    from: 'return !isEnough;',
    to: 'return end === at + 2 ? isEnough : !isEnough;',
  },
  {
    fault: 'takes a list without an operator for an "and"',
    from: 'Math.max(operator, OR)',
    to: 'operator < 0 ? 1 : operator',
  },
  {
    fault: 'takes a value of another type for unequal instead of unknown',
    from: 'return typeof actual === type && isComparable(actual);',
    to: 'return kind === EXACT || (typeof actual === type && isComparable(actual));',
  },
  {
    fault: 'takes null for an existing attribute',
    from: 'actual !== undefined && actual !== null',
    to: 'actual !== undefined',
  },
  { fault: 'takes ge for gt', from: "['ge', NUMBER | GREATER | EQUAL]", to: "['ge', NUMBER | GREATER]" },
  {
    fault: 'takes lt for le',
    from: "['lt', NUMBER | LESS]",
    to: "['lt', NUMBER | LESS | EQUAL]",
  },
  { fault: 'takes substring for prefix', from: 'actual.includes(expected', to: 'actual.startsWith(expected' },
  { fault: 'compares numbers that doubles cannot tell apart', from: '9_007_199_254_740_992', to: 'Number.MAX_VALUE' },
  {
    fault: 'ranks a prerelease as high as its release',
    from: 'return version.isPrerelease && !target.isPrerelease ? -1 : 0;',
    to: 'return 0;',
  },
  {
    fault: 'ranks a shorter version below a prerelease',
    from: 'return target.isPrerelease || target.isBuild ? 1 : -1;',
    to: 'return -1;',
  },
  {
    fault: 'compares numbers of a version that the condition does not name',
    from: 'Math.floor(packed / target.unit) * target.unit',
    to: 'packed',
  },
  { fault: 'does not know build metadata', from: '(?:([-+])', to: '(?:([-])' },
  { fault: 'accepts versions of four parts', from: '(?:([-+])', to: '(?:\\.\\d+)?(?:([-+])' },
  {
    fault: 'takes a condition without a match for exists',
    from: "MATCH_TYPES.get(match === undefined ? 'exact'",
    to: "MATCH_TYPES.get(match === undefined ? 'exists'",
  },
  {
    fault: 'takes segments that were not fetched for unknown',
    from: 'if (kind >= EXISTS) return true;',
    to: 'if (kind >= EXISTS) return kind === EXISTS || actual !== null;',
  },
  { fault: 'serves the variables of a disabled variation', from: 'enabled ? new Map(', to: 'true ? new Map(' },
  { fault: 'reads an integer to the end of its text', from: 'Number.parseInt(text, 10)', to: 'Number(text)' },
  { fault: 'reads True as a boolean', from: "text === 'true' ? true", to: "text.toLowerCase() === 'true' ? true" },
  {
    fault: 'puts the stored profile before the assignments of the attributes',
    from: 'user.attributeAssignments?.get(id) ?? input.stored?.get(id)',
    to: 'input.stored?.get(id) ?? user.attributeAssignments?.get(id)',
  },
  { fault: 'ignores that a profile is to be ignored', from: 'if (input.ignoreAssignments) return undefined;', to: '' },
  { fault: 'decides experiments that do not run', from: 'if (!experiment.isRunning) {', to: 'if (!experiment) {' },
  { fault: 'goes on with the next delivery after missed traffic', from: 'index = last - 1;', to: '' },
  {
    fault: 'does not know local holdouts of deliveries',
    from: 'flag.globalHoldouts : rule.localHoldouts',
    to: "flag.globalHoldouts : source === 'rollout' ? [] : rule.localHoldouts",
  },
  {
    fault: 'does not know local holdouts of experiments',
    from: 'flag.globalHoldouts : rule.localHoldouts',
    to: "flag.globalHoldouts : source === 'feature-test' ? [] : rule.localHoldouts",
  },
  { fault: 'calls the last delivery by another name', from: "'Everyone Else'", to: "'Everyone'" },
];
