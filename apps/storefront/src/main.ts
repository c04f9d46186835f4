/** Runs the storefront alone, until it is told to stop. */
import { createStorefront } from './storefront.ts';

const { LAB_PORT = '4010', STOREFRONT_PORT = '4020', REDIS_URL } = process.env;

try {
  const labUrl = `http://127.0.0.1:${readPort('LAB_PORT', LAB_PORT)}`;
  const port = readPort('STOREFRONT_PORT', STOREFRONT_PORT);
  const storefront = await createStorefront({ labUrl, port, redisUrl: REDIS_URL }).catch((error: Error) => {
    throw new Error(`${error.message} STOREFRONT_PORT=<number> chooses another.`);
  });
  console.log(`Storefront: ${storefront.url} (lab: ${labUrl}, assignments in ${storefront.profiles})`);
  // A terminal tells everything it runs, and the lab its shop besides: the second signal is not another farewell.
  const isToldToStop = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
    // The lab that started it has died, killed perhaps, and told nobody.
    process.once('disconnect', () => resolve());
  });
  await isToldToStop;
  const { delivered, dropped, pending } = await storefront.close();
  console.log(`Events delivered ${delivered}, dropped ${dropped}, not delivered ${pending}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

function readPort(name: string, text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new Error(`${name} is "${text}"; a port number was expected.`);
}
