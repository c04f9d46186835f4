/** The official SDK: the universal build, whose requests are a function instead of sockets. */
import { createRequire } from 'node:module';

type Sdk = typeof import('@optimizely/optimizely-sdk/universal');

/** A client of the official SDK. */
export type OfficialClient = ReturnType<Sdk['createInstance']>;

/** A user context of the official SDK. */
export type OfficialUser = ReturnType<OfficialClient['createUserContext']>;

/** A decision of the official SDK. */
export type OfficialDecision = ReturnType<OfficialUser['decide']>;

// Its ES module has the extension of a CommonJS one, which Node does not load.
export const sdk: Sdk = createRequire(import.meta.url)('@optimizely/optimizely-sdk/universal') as Sdk;

/** Creates a client without a network; a datafile it refuses leaves it without a config. */
export function createOfficialClient(
  datafile: object | string,
  options: Partial<Parameters<Sdk['createInstance']>[0]> = {},
): OfficialClient {
  return sdk.createInstance({
    projectConfigManager: sdk.createStaticProjectConfigManager({
      datafile: typeof datafile === 'string' ? datafile : JSON.stringify(datafile),
    }),
    requestHandler: { makeRequest: () => ({ abort: () => undefined, responsePromise: new Promise(() => undefined) }) },
    ...options,
  });
}

/** Says why a datafile is refused, or `null` when it is accepted. */
export function officialRefusal(datafile: object): string | null {
  const messages: string[] = [];
  const logHandler = { log: (_level: unknown, message: string) => messages.push(message) };
  const client = createOfficialClient(datafile, { logger: sdk.createLogger({ level: sdk.ERROR, logHandler }) });
  return hasConfig(client) ? null : messages.join('; ');
}

/** Whether the datafile was accepted: a client without a config says so in the reasons of every decision. */
export function hasConfig(client: OfficialClient): boolean {
  const { reasons } = client.createUserContext('anyone').decide('no such flag', []);
  return reasons[0]?.startsWith('No flag was found') === true;
}
