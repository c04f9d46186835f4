/** The official JavaScript SDK as an implementation; the application installs it. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { AREAS, PROTOCOL } from '../protocol.ts';
import type { Implementation } from '../run-conformance.ts';
import { answerRows, type ClientOptions, type TriedClient } from './client-adapter.ts';

/** Creates the implementation. Throws when `@optimizely/optimizely-sdk` is not installed. */
export function createOfficialAdapter(): Implementation {
  const { sdk, version } = loadSdk();
  return {
    info: () => Promise.resolve({ protocol: PROTOCOL, name: '@optimizely/optimizely-sdk', version, areas: AREAS }),
    run: (request) => answerRows((options) => create(sdk, options), request),
  };
}

/** The functions of the universal build that are needed, whose requests are a function instead of sockets. */
interface Sdk {
  createInstance(options: object): TriedClient & { onReady(): Promise<unknown> };
  createStaticProjectConfigManager(options: { datafile: string }): object;
  createForwardingEventProcessor(dispatcher: object): object;
  createOdpManager(options: object): object;
}

interface RequestHandler {
  makeRequest(
    url: string,
    headers: Record<string, string>,
    method: string,
    body?: string,
  ): { abort(): void; responsePromise: Promise<{ statusCode: number; body: string; headers: object }> };
}

function loadSdk(): { sdk: Sdk; version: string } {
  const require = createRequire(import.meta.url);
  try {
    // Its ES module has the extension of a CommonJS one, which Node does not load.
    const sdk = require(ENTRY) as Sdk;
    return { sdk, version: readVersion(require.resolve(ENTRY)) };
  } catch (cause) {
    throw new Error('@optimizely/optimizely-sdk 6 is not installed here; expected it beside @sortition/conformance.', {
      cause,
    });
  }
}

const ENTRY = '@optimizely/optimizely-sdk/universal';

/** Its package.json is not among its entries, but stands above them. */
function readVersion(path: string): string {
  const root = path.slice(0, path.lastIndexOf('/optimizely-sdk/') + '/optimizely-sdk/'.length);
  return (JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { version: string }).version;
}

async function create(
  sdk: Sdk,
  { datafile, client, profiles, onEvent, answerSegments }: ClientOptions,
): Promise<TriedClient> {
  const requestHandler: RequestHandler = {
    makeRequest: (url, headers, method, body = '') => {
      const { status, body: answer } = answerSegments?.({ url, headers, method, body }) ?? { status: 503, body: '' };
      const response = { statusCode: status, body: answer, headers: {} };
      return { abort: () => undefined, responsePromise: Promise.resolve(response) };
    },
  };
  const made = sdk.createInstance({
    projectConfigManager: sdk.createStaticProjectConfigManager({ datafile: JSON.stringify(datafile) }),
    requestHandler,
    defaultDecideOptions: client.defaultOptions ?? [],
    ...(client.profiles && { userProfileService: profiles }),
    ...(answerSegments && { odpManager: sdk.createOdpManager({ requestHandler, eventFlushInterval: 10 }) }),
    eventProcessor: sdk.createForwardingEventProcessor({
      dispatchEvent: ({ url, httpVerb, params }: { url: string; httpVerb: string; params: object }) => {
        onEvent({ url, method: httpVerb, body: JSON.stringify(params) });
        return Promise.resolve({ statusCode: 200 });
      },
    }),
  });
  if (answerSegments) await made.onReady();
  return made;
}
