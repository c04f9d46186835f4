/** Problems, by how often each was told. */

/** The problem that was told most often, and how often. */
export function mostTold({
  problems,
}: {
  readonly problems: ReadonlyMap<string, number>;
}): readonly [code: string, times: number] {
  return [...problems].sort(([, one], [, other]) => other - one)[0] ?? ['', 0];
}
