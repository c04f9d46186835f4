/** Compares secrets in a time that does not depend on where they differ. */

/** Returns whether two texts are equal; takes the same time for all `given` of one length. */
export function isSameText(expected: string, given: string): boolean {
  let difference = expected.length ^ given.length;
  for (let index = 0; index < given.length; index += 1) {
    difference |= expected.charCodeAt(index % Math.max(1, expected.length)) ^ given.charCodeAt(index);
  }
  return difference === 0;
}
