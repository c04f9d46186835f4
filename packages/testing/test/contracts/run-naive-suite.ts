/** Runs a contract suite over something naive in a vitest of its own, where it may fail. */
import { fileURLToPath } from 'node:url';
import { startVitest } from 'vitest/node';

/** Title to state of each test of a file beside this one. */
export async function runNaiveSuite(file: string): Promise<Record<string, string>> {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const options = {
    root,
    run: true,
    watch: false,
    reporters: [{}],
    include: [`test/contracts/${file}`],
    sequence: { concurrent: true },
    maxConcurrency: 20,
  };
  const exitCode = process.exitCode;
  const vitest = await startVitest('test', [], options);
  try {
    const modules = vitest.state.getTestModules();
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    return Object.fromEntries(tests.map((test) => [test.fullName, test.result().state]));
  } finally {
    await vitest.close();
    process.exitCode = exitCode;
  }
}

/** Titles of those that failed, sorted. */
export function failedOf(results: Readonly<Record<string, string>>): string[] {
  return Object.keys(results)
    .filter((title) => results[title] === 'failed')
    .sort();
}

/**
 * Runs a file whose suites are over parts that are each wrong in one way, and one that is named "sound". Answers the rows that
 * do not do their work: they pass for what is wrong in their way, fail for what is sound, or nothing is wrong in their way.
 *
 * @param wrong Name of a suite to the title of the row that is about what is wrong there.
 */
export async function findUselessRows(file: string, wrong: Readonly<Record<string, string>>): Promise<string[]> {
  const results = await runNaiveSuite(file);
  const failed = new Set(failedOf(results).map((title) => title.replace(/ as an? .* > /, ' > ')));
  const rows = new Set(Object.keys(results).map((title) => title.replace(/^.* > /, '')));
  const soundFailures = [...failed].filter((title) => title.startsWith('sound > '));
  const passed = Object.entries(wrong)
    .map((entry) => entry.join(' > '))
    .filter((title) => !failed.has(title));
  const untried = [...rows].filter((row) => !Object.values(wrong).includes(row));
  return [...soundFailures, ...passed, ...untried];
}
