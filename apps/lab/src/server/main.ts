/** `pnpm lab`: runs the lab until it is told to stop. */
import { fileURLToPath } from 'node:url';
import { startLab } from './lab.ts';
import { readPort } from './read-port.ts';

const pageFolder = fileURLToPath(new URL('./page', import.meta.url));
const dataFolder = process.env.LAB_DATA || fileURLToPath(new URL('../../../.lab', import.meta.url));

try {
  const port = readPort('LAB_PORT', 4010);
  const lab = await startLab({ port, dataFolder, pageFolder }).catch((error: NodeJS.ErrnoException) => {
    throw new Error(`${error.message} LAB_PORT=<number> chooses another.`);
  });
  console.log(`Lab: ${lab.url}`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void lab.close());
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
