/** Whether a document that came with a revision in use is the one in use. */

/** Longer documents are not compared beyond their text: that would cost four times the parsing of one, in one go. */
const MAX_COMPARED_LENGTH = 1_000_000;

/** Whether two valid documents differ in white space at most. */
export function isSameJson(left: string, right: string): boolean {
  if (left === right) return true;
  if (Math.max(left.length, right.length) > MAX_COMPARED_LENGTH) return false;
  return JSON.stringify(JSON.parse(left)) === JSON.stringify(JSON.parse(right));
}
