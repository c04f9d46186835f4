/**
 * `pnpm catalogue`, after `pnpm test`: every row of the fault catalogue has a test that ran and passed, none was skipped,
 * and every id in a title is a row.
 */
import { listTestedPackages, readTestReport } from '@sortition/report';
import { readOptions, refuse } from '@sortition/report/read-options';
import { compareCoverage } from './compare-coverage.js';
import { readCatalogue } from './read-catalogue.js';

readOptions({
  usage: 'pnpm catalogue',
  text: 'Looks at what the last pnpm test has left: each row of the fault catalogue has a test that passed.',
});
const rows = readCatalogue();
const tests = listTestedPackages().flatMap(({ folder }) =>
  (readTestReport(folder)?.testResults ?? []).flatMap(({ assertionResults }) =>
    assertionResults.map(({ fullName, status }) => ({ title: fullName, status })),
  ),
);
if (tests.length === 0) refuse('There are no reports of tests to look at: pnpm test first.');
const problems = compareCoverage(rows, tests);
for (const problem of problems) console.log(problem);
const required = rows.filter(({ status }) => status === 'required').length;
console.log(
  `${required} rows to cover, ${rows.length - required} struck, ${tests.length} tests, ${problems.length} problems`,
);
if (problems.length > 0 || required === 0) process.exitCode = 1;
