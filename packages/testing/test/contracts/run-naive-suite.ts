/** Runs a contract suite over something naive in a vitest of its own, where it may fail. */
import { fileURLToPath } from 'node:url';
import { startVitest } from 'vitest/node';

/** Title to state of each test of a file beside this one. */
export async function runNaiveSuite(file: string): Promise<Record<string, string>> {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const options = { root, run: true, watch: false, reporters: [{}], include: [`test/contracts/${file}`] };
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
