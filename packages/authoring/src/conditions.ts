/** Conditions of audiences, written as code: `user.plan.in('member', 'gold')`. */
import { checkRecord } from './checked-record.ts';

/** A condition tree in the datafile's spelling. */
export type ConditionTree =
  | readonly ['and' | 'or', ...ConditionTree[]]
  | readonly ['not', ConditionTree]
  | { readonly type: string; readonly name: string; readonly match: string; readonly value?: AttributeLiteral };

/** The values that attributes are compared with. */
export type AttributeLiteral = string | number | boolean;

/** A condition that can be combined with others. */
export interface Condition {
  /** The tree in the format of the datafile. */
  readonly tree: ConditionTree;
}

/** The conditions on one attribute. */
export interface AttributeConditions {
  /** Equals one value. */
  is(value: AttributeLiteral): Condition;
  /** Equals one of several values. */
  in(first: AttributeLiteral, ...others: AttributeLiteral[]): Condition;
  /** Is set, to anything but `null`. */
  exists(): Condition;
  /** Contains a text. */
  contains(text: string): Condition;
  /** Is a number above, at least, below, or at most another. */
  above(value: number): Condition;
  atLeast(value: number): Condition;
  below(value: number): Condition;
  atMost(value: number): Condition;
  /** Compares versions such as `2.10.1`. */
  version: {
    is(version: string): Condition;
    above(version: string): Condition;
    atLeast(version: string): Condition;
    below(version: string): Condition;
    atMost(version: string): Condition;
  };
}

/** The user that an audience describes: every property is an attribute. */
export type ConditionUser<Attribute extends string = string> = { readonly [K in Attribute]: AttributeConditions };

/** The user of conditions; attributes need no declaration. */
export const conditionUser: ConditionUser = /* @__PURE__ */ new Proxy(
  {},
  { get: (_target, name) => (typeof name === 'string' ? attributeConditions(name) : undefined) },
);

/** Holds when all of the conditions hold. */
export function all(first: Condition, ...others: Condition[]): Condition {
  return { tree: ['and', treeOf(first), ...others.map(treeOf)] };
}

/** Holds when one of the conditions holds. */
export function any(first: Condition, ...others: Condition[]): Condition {
  return { tree: ['or', treeOf(first), ...others.map(treeOf)] };
}

/**
 * Holds when the condition does not. A condition on an attribute that the user does not have is unknown, and so is its
 * negation.
 */
export function not(condition: Condition): Condition {
  return { tree: ['not', treeOf(condition)] };
}

function treeOf(condition: Condition): ConditionTree {
  return checkRecord(condition, 'A condition', 'one such as user.plan.is("gold")').tree;
}

/** Holds for users in a segment of the customer-data platform. */
export function inSegment(segment: string): Condition {
  return { tree: { type: 'third_party_dimension', name: 'odp.audiences', match: 'qualified', value: segment } };
}

/**
 * A condition in the datafile's own spelling, for conditions that these functions cannot express: match types of newer
 * datafiles, and imported conditions.
 */
export function condition(tree: object): Condition {
  if (!Array.isArray(tree)) checkRecord(tree, 'A condition', 'one as a datafile has it');
  return { tree: tree as ConditionTree };
}

/** Returns the names of the attributes in a tree. */
export function attributesIn(tree: ConditionTree): readonly string[] {
  if (Array.isArray(tree)) return conditionsOf(tree).flatMap(attributesIn);
  const leaf = tree as { readonly type: string; readonly name: string };
  return leaf.type === 'custom_attribute' ? [leaf.name] : [];
}

/** Returns whether a tree has segments. */
export function hasSegments(tree: ConditionTree): boolean {
  if (Array.isArray(tree)) return conditionsOf(tree).some(hasSegments);
  return (tree as { readonly type: string }).type === 'third_party_dimension';
}

/** The conditions of a list; in imported ones the operator may be missing. */
function conditionsOf(tree: readonly unknown[]): readonly ConditionTree[] {
  return tree.filter((part): part is ConditionTree => typeof part === 'object' && part !== null);
}

function attributeConditions(name: string): AttributeConditions {
  const compare = (match: string, value?: AttributeLiteral): Condition => ({
    tree: { type: 'custom_attribute', name, match, ...(value !== undefined && { value }) },
  });
  return {
    is: (value) => compare('exact', value),
    in: (first, ...others) =>
      others.length === 0
        ? compare('exact', first)
        : any(compare('exact', first), ...others.map((value) => compare('exact', value))),
    exists: () => compare('exists'),
    contains: (text) => compare('substring', text),
    above: (value) => compare('gt', value),
    atLeast: (value) => compare('ge', value),
    below: (value) => compare('lt', value),
    atMost: (value) => compare('le', value),
    version: {
      is: (version) => compare('semver_eq', version),
      above: (version) => compare('semver_gt', version),
      atLeast: (version) => compare('semver_ge', version),
      below: (version) => compare('semver_lt', version),
      atMost: (version) => compare('semver_le', version),
    },
  };
}
