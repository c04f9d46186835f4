/** A decision server over the sample shop, and short ways to ask it. */
import { SHOP_DATAFILE } from '@sortition/emulator/shop-datafile';
import { type Client, createClient, createMemoryProfileStore, createStaticConfig, type EventSink } from 'sortition';
import {
  createDecisionServer,
  type DecisionServer,
  type DecisionServerOptions,
  type ProjectOptions,
} from '../src/index.ts';

export const SDK_KEY = 'shop-key';

type Recorded = Parameters<EventSink['record']>[0];

/** Fields of answers that tests read. */
interface AnsweredFields {
  readonly variationKey: string;
  readonly ruleKey: string;
  readonly flagKey: string;
  readonly enabled: boolean;
  readonly isEveryoneElseVariation: boolean;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly reasons: readonly string[];
  readonly userContext: unknown;
  readonly error: string;
  readonly revision: string;
  readonly experimentBucketMap: unknown;
  readonly messages: readonly string[];
  readonly errorCount: number;
  readonly response: readonly { readonly status: number; readonly requestID: string }[];
  readonly key: string;
  readonly errorCode: string;
  readonly value: Readonly<Record<string, unknown>>;
  readonly reason: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly flags: readonly { readonly key: string }[];
  readonly eventStreams: readonly { readonly endpoint: { readonly requestUri: string } }[];
}

/** An object or a list of them: each test knows what it asked for, and what is not there fails it. */
type AnsweredBody = AnsweredFields & readonly AnsweredFields[];

export interface Shop extends DecisionServer {
  readonly client: Client;
  readonly recorded: Recorded[];
  /** Asks with the SDK key; a body is sent as JSON. */
  ask(
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<{ status: number; body: AnsweredBody; headers: Headers }>;
}

type Options = Omit<DecisionServerOptions, 'projects'> & { readonly project?: Partial<ProjectOptions> };

export function createShop({ project, ...options }: Options = {}): Shop {
  const recorded: Recorded[] = [];
  const profiles = createMemoryProfileStore();
  const datafile = JSON.stringify(SHOP_DATAFILE);
  const client = createClient({
    config: createStaticConfig({ datafile }),
    events: { record: (event) => void recorded.push(event) },
    profiles,
    logger: false,
  });
  const server = createDecisionServer({
    projects: [{ sdkKey: SDK_KEY, client, profiles, datafile: () => datafile, ...project }],
    ...options,
  });
  return {
    ...server,
    client,
    recorded,
    async ask(path, body, headers = {}) {
      const response = await server.fetch(
        new Request(`http://127.0.0.1${path}`, {
          method: body === undefined ? 'GET' : 'POST',
          headers: {
            host: '127.0.0.1',
            'x-optimizely-sdk-key': SDK_KEY,
            ...(body !== undefined && { 'content-type': 'application/json' }),
            ...headers,
          },
          ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
        }),
      );
      const text = await response.text();
      return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) };
    },
  };
}
