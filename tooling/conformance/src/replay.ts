/** Replays one call of one scenario, optionally on the smallest datafile that still shows the mismatch. */
import { compareCall, type Difference } from './compare.ts';
import type { Call } from './generate-calls.ts';
import { createOfficialSide } from './official-side.ts';
import { createOurSide } from './our-side.ts';
import { formatMismatch, show } from './report.ts';
import { generateScenario, type Scenario } from './scenario.ts';
import { shrink } from './shrink.ts';

/** Prints the case and what differs; returns the exit code. */
export async function replay(seed: number, index: number, shrinks: boolean): Promise<number> {
  const scenario = generateScenario(seed);
  const call = scenario.calls[index];
  if (call === undefined) {
    console.error(`Scenario ${seed} has ${scenario.calls.length} calls; there is no call ${index}.`);
    return 2;
  }
  let shown = { scenario, call };
  const original = await differencesOf(shown);
  if (shrinks && original.length > 0) {
    const kind = kindOf(original[0]);
    shown = await shrink(shown, async (candidate) => kindOf((await differencesOf(candidate))[0]) === kind);
  }
  const differences = await differencesOf(shown);
  console.log('datafile', JSON.stringify(shown.scenario.datafile, null, 1));
  console.log('client  ', show({ defaultOptions: shown.scenario.defaultOptions, profiles: shown.scenario.profiles }));
  console.log('call    ', show(shown.call));
  console.log(differences.length === 0 ? 'no difference' : formatMismatch({ seed, index, differences }));
  return differences.length === 0 ? 0 : 1;
}

/** A smaller case counts only while it fails in the same place, so that it does not turn into another mismatch. */
function kindOf(difference: Difference | undefined): string | undefined {
  if (difference === undefined) return undefined;
  return `${difference.path.replaceAll(/\[\d+\]/g, '[]')} ${(difference.official as { threw?: string } | null)?.threw ?? ''}`;
}

/** A candidate the official SDK refuses has no differences worth looking at. */
async function differencesOf({ scenario, call }: { scenario: Scenario; call: Call }): Promise<readonly Difference[]> {
  try {
    return (await compareCall(scenario, createOfficialSide(scenario), createOurSide(scenario), call)).differences;
  } catch {
    return [];
  }
}
