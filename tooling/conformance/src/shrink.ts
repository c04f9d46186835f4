/** Makes a failing case smaller: takes parts of the datafile and the call away as long as the case still fails. */
import type { Call } from './generate-calls.ts';
import type { Scenario } from './scenario.ts';

/** One call on one datafile. */
export interface Case {
  readonly scenario: Scenario;
  readonly call: Call;
}

/** Returns the smallest case found for which `fails` still holds; gives up after a few thousand tries. */
export async function shrink(failing: Case, fails: (candidate: Case) => Promise<boolean>): Promise<Case> {
  let best = failing;
  let tries = 0;
  for (let progress = true; progress; ) {
    progress = false;
    for (const pointer of removablePointers(best)) {
      tries += 1;
      if (tries > 5_000) return best;
      const candidate = without(best, pointer);
      if (candidate !== undefined && (await fails(candidate))) {
        best = candidate;
        progress = true;
        break;
      }
    }
  }
  return best;
}

/** Taking these away would turn the mismatch into another one. */
const REQUIRED = new Set(
  'id key status variations trafficAllocation variables experimentIds rolloutId audienceIds forcedVariations type entityId endOfRange defaultValue conditions policy experiments value match name variation_id'.split(
    ' ',
  ),
);

/** Every array element and optional property, the outermost first. */
function removablePointers(root: unknown): readonly (readonly string[])[] {
  const pointers: (readonly string[])[] = [];
  const level: { value: unknown; path: readonly string[] }[] = [{ value: pick(root), path: [] }];
  for (const { value, path } of level) {
    if (typeof value !== 'object' || value === null) continue;
    for (const key of Object.keys(value)) {
      const child = [...path, key];
      if (Array.isArray(value) || (path.length > 1 && !REQUIRED.has(key))) pointers.push(child);
      level.push({ value: (value as Record<string, unknown>)[key], path: child });
    }
  }
  return pointers;
}

function pick(root: unknown): unknown {
  const { scenario, call } = root as Case;
  return { datafile: scenario.datafile, call };
}

function without({ scenario, call }: Case, pointer: readonly string[]): Case | undefined {
  const copy = structuredClone({ datafile: scenario.datafile, call });
  const parent = pointer
    .slice(0, -1)
    .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], copy);
  const last = pointer.at(-1) as string;
  if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else if (typeof parent === 'object' && parent !== null) delete (parent as Record<string, unknown>)[last];
  else return undefined;
  return { scenario: { ...scenario, datafile: copy.datafile }, call: copy.call };
}
