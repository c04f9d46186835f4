/** Conditions in words: a tree becomes a tree of phrases that a view joins with "and" and "or". */
import type { Condition, ConditionTree } from '../lab/wire-datafile.ts';

/** A phrase, or phrases joined by one word. */
export type Phrase =
  | { readonly kind: 'everyone' }
  | { readonly kind: 'no-conditions' }
  | { readonly kind: 'audience'; readonly id: string }
  | { readonly kind: 'condition'; readonly subject: string; readonly verb: string; readonly object: string }
  | { readonly kind: 'not'; readonly of: Phrase }
  | { readonly kind: 'group'; readonly joiner: 'and' | 'or'; readonly phrases: readonly Phrase[] };

/** How a comparison reads after the attribute's name. */
export const MATCH_WORDS: Readonly<Record<string, string>> = {
  exact: 'is',
  exists: 'is known',
  substring: 'contains',
  gt: 'is above',
  ge: 'is at least',
  lt: 'is below',
  le: 'is at most',
  semver_eq: 'is version',
  semver_gt: 'is above version',
  semver_ge: 'is at least version',
  semver_lt: 'is below version',
  semver_le: 'is at most version',
};

const SEGMENT_TYPE = 'third_party_dimension';

/** Trees deeper than this are cut: nobody can read them, and the evaluation has a limit of its own. */
const MAX_DEPTH = 20;

/** Returns the phrase of an audience's own conditions: without any it matches no user, where a rule is for everyone. */
export function phraseOfAudience(tree: ConditionTree): Phrase {
  const phrase = phraseOf(tree);
  return phrase.kind === 'everyone' ? { kind: 'no-conditions' } : phrase;
}

/** Returns the phrase of a tree; groups of one are dropped. */
export function phraseOf(tree: ConditionTree, depth = 0): Phrase {
  if (typeof tree === 'string') return { kind: 'audience', id: tree };
  if (isCondition(tree)) return conditionPhrase(tree);
  const [first] = tree;
  const operator = first === 'and' || first === 'or' || first === 'not' ? first : undefined;
  const operands = operator === undefined ? tree : tree.slice(1);
  if (depth > MAX_DEPTH) return { kind: 'condition', subject: 'conditions', verb: 'are', object: 'nested too deeply' };
  const phrases = operands.map((operand) => phraseOf(operand, depth + 1));
  const [only] = phrases;
  if (only === undefined) return { kind: 'everyone' };
  if (operator === 'not') return { kind: 'not', of: only };
  if (phrases.length === 1) return only;
  return { kind: 'group', joiner: operator ?? 'or', phrases };
}

/** A phrase as one line of text; `nameOf` returns the name of an audience. */
export function formatPhrase(phrase: Phrase, nameOf: (audienceId: string) => string, nested = false): string {
  switch (phrase.kind) {
    case 'everyone':
      return 'everyone';
    case 'no-conditions':
      return 'no user: it has no conditions';
    case 'audience':
      return nameOf(phrase.id);
    case 'condition':
      return [phrase.subject, phrase.verb, phrase.object].filter((word) => word !== '').join(' ');
    case 'not':
      return `not ${formatPhrase(phrase.of, nameOf, true)}`;
    case 'group': {
      const text = phrase.phrases.map((part) => formatPhrase(part, nameOf, true)).join(` ${phrase.joiner} `);
      return nested ? `(${text})` : text;
    }
  }
}

export function isCondition(tree: ConditionTree): tree is Condition {
  return typeof tree === 'object' && !Array.isArray(tree);
}

export function isSegmentCondition(condition: Condition): boolean {
  return condition.type === SEGMENT_TYPE;
}

/** All leaf conditions of a tree. */
export function conditionsIn(tree: ConditionTree): readonly Condition[] {
  if (typeof tree === 'string') return [];
  return isCondition(tree) ? [tree] : tree.flatMap(conditionsIn);
}

function conditionPhrase(condition: Condition): Phrase {
  if (isSegmentCondition(condition)) {
    return { kind: 'condition', subject: 'user', verb: 'is in segment', object: JSON.stringify(condition.value) ?? '' };
  }
  const match = condition.match ?? 'exact';
  return {
    kind: 'condition',
    subject: condition.name,
    verb: Object.hasOwn(MATCH_WORDS, match) ? (MATCH_WORDS[match] ?? match) : match,
    object: match === 'exists' ? '' : (JSON.stringify(condition.value) ?? ''),
  };
}
