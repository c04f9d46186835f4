/** One scenario: a datafile and calls on one client of it, all derived from one seed. */
import type { Datafile } from './datafile-json.ts';
import { type Call, generateCalls } from './generate-calls.ts';
import { generateDatafile } from './generate-datafile.ts';
import { createRandom } from './random.ts';

/** What a client is created with on both sides. */
export interface ClientSettings {
  readonly datafile: Datafile;
  readonly defaultOptions: readonly string[];
  /** The kind of profile store, if any. */
  readonly profiles: 'none' | 'sync' | 'async';
}

/** A client and what to ask of it. */
export interface Scenario extends ClientSettings {
  readonly seed: number;
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
  const mode = random.chance(0.25) ? 'async' : 'sync';
  const datafile = generateDatafile(random, mode);
  return {
    seed,
    datafile: JSON.parse(JSON.stringify(datafile)) as Datafile,
    defaultOptions: random.chance(0.15) ? random.pick(DEFAULT_OPTIONS) : [],
    profiles: random.chance(0.3) ? 'none' : mode === 'sync' ? 'sync' : random.pick(['sync', 'async']),
    calls: generateCalls(random, datafile, mode, CALLS),
  };
}
