/** Compares documents that have the same revision. */

/**
 * Longer documents are only compared as text: comparing their data would block for four times as long as parsing one.
 */
const MAX_COMPARED_LENGTH = 1_000_000;

/** Returns whether two valid documents differ only in white space. */
export function isSameJson(left: string, right: string): boolean {
  if (left === right) return true;
  if (Math.max(left.length, right.length) > MAX_COMPARED_LENGTH) return false;
  return JSON.stringify(JSON.parse(left)) === JSON.stringify(JSON.parse(right));
}
