/** How a mismatch is shown: what differs, and the command that replays exactly that call. */
import type { Mismatch } from './compare.ts';

/** Returns the lines of a mismatch. */
export function formatMismatch({ seed, index, differences }: Mismatch): string {
  return [
    `scenario ${seed}, call ${index}: replay with`,
    `  pnpm --filter @sortition/differential run conformance --scenario ${seed} --call ${index} --shrink`,
    ...differences
      .slice(0, 8)
      .flatMap(({ path, official, ours }) => [
        `  ${path}`,
        `    official ${show(official)}`,
        `    ours     ${show(ours)}`,
      ]),
  ].join('\n');
}

/** JSON, with the numbers JSON does not have written out. */
export function show(value: unknown): string {
  const text = JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'number' && (!Number.isFinite(part) || Object.is(part, -0))
      ? `<${Object.is(part, -0) ? '-0' : part}>`
      : part,
  );
  if (text === undefined) return String(value);
  return text.length > 1_000 ? `${text.slice(0, 1_000)}…` : text;
}
