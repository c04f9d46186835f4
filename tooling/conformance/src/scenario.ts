/** One scenario: a datafile and calls on one client of it, all derived from one seed. */
import type { Datafile } from './datafile-json.ts';
import { type Call, generateCalls } from './generate-calls.ts';
import { generateDatafile } from './generate-datafile.ts';
import { createRandom } from './random.ts';

/** A client to create on both sides, and what to ask of it. */
export interface Scenario {
  readonly seed: number;
  readonly datafile: Datafile;
  readonly defaultOptions: readonly string[];
  /** Whether the client has a profile store. */
  readonly profiles: boolean;
  readonly calls: readonly Call[];
}

/** Calls per scenario: enough to make creating the official client a small part of the time. */
const CALLS = 40;

const DEFAULT_OPTIONS = [
  ['ENABLED_FLAGS_ONLY'],
  ['EXCLUDE_VARIABLES'],
  ['IGNORE_USER_PROFILE_SERVICE'],
  ['DISABLE_DECISION_EVENT', 'INCLUDE_REASONS'],
] as const;

/** Generates the scenario of a seed. */
export function generateScenario(seed: number): Scenario {
  const random = createRandom(seed);
  const datafile = generateDatafile(random);
  return {
    seed,
    datafile: JSON.parse(JSON.stringify(datafile)) as Datafile,
    defaultOptions: random.chance(0.15) ? random.pick(DEFAULT_OPTIONS) : [],
    profiles: random.chance(0.7),
    calls: generateCalls(random, datafile, CALLS),
  };
}
