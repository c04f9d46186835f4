/** The official SDK under the same load, with the options it has by default for Node. */
import * as official from '@optimizely/optimizely-sdk';
import * as universal from '@optimizely/optimizely-sdk/universal';
import type { Contestant, ContestantOptions, PollingContestant, SegmentsContestant } from './contestant.ts';
import { createDatafile, createDatafileWithSegments, FLAG_KEY, POLL_INTERVAL_MS } from './project.ts';

/** Impressions of users who are decided for. */
export function createOfficialEvents({ fetch, origin }: ContestantOptions): Contestant {
  const client = official.createInstance({
    projectConfigManager: official.createStaticProjectConfigManager({ datafile: JSON.stringify(createDatafile()) }),
    eventProcessor: official.createBatchEventProcessor({
      eventDispatcher: {
        async dispatchEvent({ url, params }) {
          const target = origin === undefined ? url : `${origin}/v1/events`;
          const { status } = await fetch(target, { method: 'POST', body: JSON.stringify(params) });
          return { statusCode: status };
        },
      },
    }),
  });
  return {
    record: (number) => void client.createUserContext(`n${number}`)?.decide(FLAG_KEY),
    ...endless(client),
  };
}

/** Events of the customer-data platform, through the same requests and with the defaults for Node. */
export function createOfficialOdpEvents({ fetch, origin }: ContestantOptions): Contestant {
  const client = universal.createInstance({
    requestHandler: createRequestHandler(fetch),
    projectConfigManager: universal.createStaticProjectConfigManager({
      datafile: JSON.stringify(createDatafile(origin)),
    }),
    odpManager: universal.createOdpManager({
      requestHandler: createRequestHandler(fetch),
      eventBatchSize: 10,
      eventFlushInterval: 1_000,
    }),
  });
  return {
    record: (number) => client.sendOdpEvent(`n${number}`, 'fullstack', new Map([['fs_user_id', 'ada']])),
    ...endless(client),
  };
}

/** Segments of users. */
export function createOfficialSegments({ fetch }: ContestantOptions): SegmentsContestant {
  const client = universal.createInstance({
    requestHandler: createRequestHandler(fetch),
    projectConfigManager: universal.createStaticProjectConfigManager({
      datafile: JSON.stringify(createDatafileWithSegments()),
    }),
    odpManager: universal.createOdpManager({ requestHandler: createRequestHandler(fetch) }),
  });
  return {
    fetchSegments: async (number) => {
      const user = client.createUserContext(`n${number}`);
      return (await user?.fetchQualifiedSegments()) ?? false;
    },
    close: () => client.close(),
    problems: new Map(),
  };
}

/** A datafile that is polled. */
export function createOfficialPolling({ fetch }: ContestantOptions): PollingContestant {
  const requestHandler = createRequestHandler(fetch);
  const client = universal.createInstance({
    requestHandler,
    projectConfigManager: universal.createPollingProjectConfigManager({
      requestHandler,
      sdkKey: 'key',
      autoUpdate: true,
      updateInterval: POLL_INTERVAL_MS,
    }),
  });
  return {
    revision: () => client.getOptimizelyConfig()?.revision,
    decide: () => client.createUserContext('ada')?.decide(FLAG_KEY).variationKey ?? null,
    close: () => client.close(),
    problems: new Map(),
  };
}

/** It has no flush, and counts nothing. */
function endless(client: { close(): Promise<unknown> }): Omit<Contestant, 'record'> {
  return { flush: async () => undefined, close: () => client.close(), report: () => null, problems: new Map() };
}

function createRequestHandler(fetch: typeof globalThis.fetch): universal.RequestHandler {
  return {
    makeRequest(url, headers, method, data) {
      const controller = new AbortController();
      const sent = fetch(url, {
        method,
        headers: headers as Record<string, string>,
        body: data ?? null,
        signal: controller.signal,
      });
      return {
        abort: () => controller.abort(),
        responsePromise: sent.then(async (response) => ({
          statusCode: response.status,
          body: await response.text(),
          headers: Object.fromEntries(response.headers),
        })),
      };
    },
  };
}
