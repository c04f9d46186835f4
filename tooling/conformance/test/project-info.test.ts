import { createClient, createStaticConfig } from 'sortition';
import { expect, it } from 'vitest';
import { findDifferences } from '../src/difference.ts';
import { generateDatafile } from '../src/generate-datafile.ts';
import { REUSED_IDS } from '../src/generate-rules.ts';
import { createOfficialClient } from '../src/official-client.ts';
import { toProjectInfo } from '../src/official-project.ts';
import { createRandom, scenarioSeed } from '../src/random.ts';

/** Of variations with one id it mixes up the values, and audiences called like an operator it reads as one. */
const CONFUSING_IDS = [...REUSED_IDS, 'and', 'or'];

/** Evaluation looks at the first operand of a "not" only; the official text shows them all, ours the first. */
function withOneOperandPerNot(json: unknown): unknown {
  if (Array.isArray(json)) {
    const kept = json[0] === 'not' ? json.slice(0, 2) : json;
    return kept.map(withOneOperandPerNot);
  }
  if (typeof json !== 'object' || json === null) return json;
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, withOneOperandPerNot(value)]));
}

it('getProjectInfo shows what getOptimizelyConfig shows', () => {
  let compared = 0;
  for (let index = 0; index < 400; index += 1) {
    const seed = scenarioSeed(4, index);
    // Without experiments that flags share: whose defaults such a one shows is a matter of order.
    const datafile = withOneOperandPerNot(generateDatafile(createRandom(seed), 'async')) as object;
    const official = createOfficialClient(datafile).getOptimizelyConfig();
    // It fails on a "not" of an unknown audience, and then answers null.
    if (official === null || CONFUSING_IDS.some((id) => JSON.stringify(datafile).includes(`"id":"${id}"`))) continue;
    const client = createClient({ config: createStaticConfig({ datafile }), events: null, logger: false });
    const differences = findDifferences(toProjectInfo(official), client.getProjectInfo());
    if (differences.length > 0) expect.fail(`scenario ${seed}: ${JSON.stringify(differences.slice(0, 3), null, 1)}`);
    compared += 1;
  }
  expect(compared).toBeGreaterThan(100);
});
