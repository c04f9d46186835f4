/** The comparison of the fault catalogue with the titles of the tests that ran. */

/**
 * @typedef {object} Row
 * @property {string} id
 * @property {string} fault What goes wrong.
 * @property {'required' | 'struck'} status Struck rows need no test; `reason` says why.
 * @property {string} [reason]
 * @property {string} [withoutNaive] Why no naive part exists that its tests could fail against.
 *
 * @typedef {{ title: string, status: string }} TestOutcome
 */

const ID = /\[([A-Z]+-\d+)\]/g;

/**
 * @param {readonly Row[]} rows
 * @param {readonly TestOutcome[]} tests
 * @returns {string[]} problems; none when every required row has tests, all of them passed, and no title has an unknown id
 */
export function compareCoverage(rows, tests) {
  const byId = groupById(tests);
  const known = new Set(rows.map(({ id }) => id));
  const problems = [...byId.keys()]
    .filter((id) => !known.has(id))
    .map((id) => `${id} is not a row of the catalogue: "${byId.get(id)?.[0]?.title}"`);
  for (const { id, fault, status, reason } of rows) {
    const found = byId.get(id) ?? [];
    if (status === 'struck') {
      if (!reason) problems.push(`${id} is struck without a reason`);
      if (found.length > 0) problems.push(`${id} is struck and has a test: "${found[0]?.title}"`);
      continue;
    }
    if (found.length === 0) problems.push(`${id} has no test: ${fault}`);
    for (const test of found) if (test.status !== 'passed') problems.push(`${id} ${test.status}: "${test.title}"`);
  }
  return problems;
}

/**
 * @param {readonly TestOutcome[]} tests
 * @returns {Map<string, TestOutcome[]>} id to the tests whose titles have it
 */
function groupById(tests) {
  /** @type {Map<string, TestOutcome[]>} */
  const byId = new Map();
  for (const test of tests) {
    for (const [, id = ''] of test.title.matchAll(ID)) byId.set(id, [...(byId.get(id) ?? []), test]);
  }
  return byId;
}
