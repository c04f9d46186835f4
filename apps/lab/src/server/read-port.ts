/** Ports from the environment. */

/** The port in the variable `name`, or `fallback` when it is not set. Throws a sentence when it is no port. */
export function readPort(env: Readonly<Record<string, string | undefined>>, name: string, fallback: number): number {
  const text = env[name];
  if (text === undefined || text === '') return fallback;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new Error(`${name} must be a port number from 0 to 65535, got "${text}".`);
}
