/** The program behind `pnpm lab`. */
import { fileURLToPath } from 'node:url';
import { runLab } from './run-lab.ts';

const beside = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

try {
  await runLab({
    env: process.env,
    pageFolder: beside('./page'),
    dataFolder: beside('../../../.lab'),
    storefront: beside('../../storefront/dist/main.js'),
    shops: (process.env.RUN_WITH ?? '')
      .split(',')
      .filter((name) => name !== '' && name !== 'storefront')
      .map((name) => beside(`../../${name}/dist/main.js`)),
    print: (line) => console.log(line),
    signals: process,
  });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
