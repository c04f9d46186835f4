/**
 * What all views share: the lab's API, the datafile as published, and a client that decides in this browser.
 *
 * The two are kept apart on purpose. The API says what the lab has published; the client has what reached this browser
 * through the same polling and event stream that applications use, faults included. The page shows both revisions.
 */
import { type Signal, signal } from '@preact/signals';
import { createCmabSource } from '@sortition/cmab';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { type Client, createBatchEvents, createClient, createPollingConfig } from 'sortition';
import { createLabApi, type LabApi } from './api.ts';
import { buildProject, type Project } from './project.ts';
import { sentenceOf } from './sentence-of.ts';

/** The last thing that was published from this page, or why it was not. */
export interface Notice {
  readonly tone: 'good' | 'bad';
  readonly text: string;
}

export interface LabSession {
  readonly api: LabApi;
  readonly client: Client;
  /** As published; `null` until the first answer. */
  readonly project: Signal<Project | null>;
  /** What the client in this browser decides with; `null` before there is one. */
  readonly liveRevision: Signal<string | null>;
  /** Why the last attempt to read what is published failed; `null` when it did not. */
  readonly failure: Signal<string | null>;
  readonly notice: Signal<Notice | null>;
  /** Endpoints that misbehave on purpose. */
  readonly faultCount: Signal<number>;
  /** Publishes a change and resolves when the page shows it; what goes wrong becomes a notice and `false`. */
  publish(change: () => Promise<{ revision: string }>): Promise<boolean>;
  reload(): Promise<void>;
}

const SDK_KEY = 'lab';
/** For when the event stream is down; as long as one may want to watch that. */
const POLL_INTERVAL_MS = 15_000;

export function createLabSession(origin: string): LabSession {
  const api = createLabApi(origin);
  const client = createClient({
    config: createPollingConfig({
      sdkKey: SDK_KEY,
      urlTemplate: `${origin}/datafiles/%s.json`,
      pollIntervalMs: POLL_INTERVAL_MS,
      stream: { url: `${origin}/datafiles/${SDK_KEY}/events` },
    }),
    cmab: createCmabSource({ endpointTemplate: `${origin}/predict/%s`, cacheSize: 0 }),
    events: createBatchEvents({ endpoint: `${origin}/v1/events`, flushIntervalMs: 200 }),
    logger: false,
  });
  const project = signal<Project | null>(null);
  const liveRevision = signal<string | null>(null);
  const failure = signal<string | null>(null);
  const notice = signal<Notice | null>(null);
  const faultCount = signal(0);
  /** Revision to the moment it was published from here. */
  let awaited: { readonly revision: string; readonly since: number } | null = null;

  async function reload(): Promise<void> {
    try {
      project.value = buildProject(await api.fetchDatafile());
      failure.value = null;
    } catch (error) {
      failure.value = sentenceOf(error);
    }
  }

  client.on('config-update', ({ revision }) => {
    liveRevision.value = revision;
    if (awaited?.revision === revision) announceLive(awaited);
    if (project.value?.revision !== revision) void reload();
  });

  function announceLive({ revision, since }: { revision: string; since: number }): void {
    awaited = null;
    const ms = Math.max(1, Math.round(performance.now() - since));
    notice.value = { tone: 'good', text: `Revision ${revision} is live; it reached this browser after ${ms} ms.` };
  }

  void reload();
  void api.fetchFaults().then(
    (faults) => {
      faultCount.value = Object.keys(faults).length;
    },
    () => undefined, // the view of faults says what is wrong
  );
  return {
    api,
    client,
    project,
    liveRevision,
    failure,
    notice,
    faultCount,
    reload,
    async publish(change) {
      const since = performance.now();
      try {
        const { revision } = await change();
        if (liveRevision.value === revision) announceLive({ revision, since });
        else {
          awaited = { revision, since };
          notice.value = { tone: 'good', text: `Revision ${revision} is published.` };
        }
      } catch (error) {
        notice.value = { tone: 'bad', text: `Nothing was published. ${sentenceOf(error)}` };
        return false;
      }
      await reload();
      return true;
    },
  };
}

export const LabContext = createContext<LabSession | null>(null);

export function useLab(): LabSession {
  const lab = useContext(LabContext);
  if (lab === null) throw new Error('A view was rendered outside of the lab.');
  return lab;
}
