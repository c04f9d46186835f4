/** The answer of a condition: `null` means unknown, because a value was missing, unsuitable, or the condition is not understood. */
export type Verdict = boolean | null;
