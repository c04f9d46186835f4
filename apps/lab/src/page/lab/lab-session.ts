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
import type { Difference } from '../../api/history.ts';
import { ConflictError, createLabApi, type LabApi, type Published } from './api.ts';
import { buildProject, type Project } from './project.ts';
import { sentenceOf } from './sentence-of.ts';

/** The last thing that was published from this page, or why it was not. */
export interface Notice {
  readonly tone: 'good' | 'bad';
  readonly text: string;
  /** The revision to go back to. */
  readonly undo?: string;
}

/** Another change came first; what it did. */
export interface LostRace {
  readonly sentence: string;
  readonly differences: readonly Difference[] | null;
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
  /** To be looked at before one tries again; `null` when there is nothing to look at. */
  readonly lostRace: Signal<LostRace | null>;
  /** Whether the lab answered the last time it was asked, every few seconds. */
  readonly isReachable: Signal<boolean>;
  /** Endpoints that misbehave on purpose. */
  readonly faultCount: Signal<number>;
  /**
   * Publishes a change and resolves when the page shows it; what goes wrong becomes a notice and `false`.
   *
   * @param change Given the revision that the page shows, which is what the reader wants to change.
   */
  publish(change: (base: string) => Promise<Published>): Promise<boolean>;
  reload(): Promise<void>;
}

const SDK_KEY = 'lab';
/** For when the event stream is down; as long as one may want to watch that. */
const POLL_INTERVAL_MS = 15_000;
const PULSE_MS = 3_000;

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
  const lostRace = signal<LostRace | null>(null);
  const isReachable = signal(true);
  const faultCount = signal(0);
  /** Revision to the moment it was published from here. */
  let awaited: { readonly revision: string; readonly since: number; readonly undo: string } | null = null;

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

  function announceLive({ revision, since, undo }: { revision: string; since: number; undo: string }): void {
    awaited = null;
    const ms = Math.max(1, Math.round(performance.now() - since));
    notice.value = {
      tone: 'good',
      text: `Revision ${revision} is live; it reached this browser after ${ms} ms.`,
      undo,
    };
  }

  /** A client goes on with what it has when the lab is gone; the page must not look as if nothing had happened. */
  async function feelPulse(): Promise<void> {
    try {
      const response = await fetch(`${origin}/api/revision`, { signal: AbortSignal.timeout(PULSE_MS) });
      const { revision } = (await response.json()) as { revision: string };
      isReachable.value = response.ok;
      if (project.value !== null && project.value.revision !== revision) await reload();
    } catch {
      isReachable.value = false;
    }
    setTimeout(feelPulse, PULSE_MS);
  }

  void reload();
  void feelPulse();
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
    lostRace,
    isReachable,
    faultCount,
    reload,
    async publish(change) {
      const since = performance.now();
      const base = project.value?.revision ?? '';
      try {
        const { revision, problems = [] } = await change(base);
        awaited = { revision, since, undo: base };
        if (liveRevision.value === revision) announceLive(awaited);
        else notice.value = { tone: 'good', text: `Revision ${revision} is published.`, undo: base };
        const [first] = problems;
        if (first !== undefined) {
          awaited = null;
          const more = problems.length > 1 ? ` There are ${problems.length} problems.` : '';
          notice.value = { tone: 'bad', text: `Revision ${revision} is published, but: ${first}${more}`, undo: base };
        }
      } catch (error) {
        notice.value = { tone: 'bad', text: `Nothing was published. ${sentenceOf(error)}` };
        if (error instanceof ConflictError) {
          lostRace.value = { sentence: sentenceOf(error), differences: error.differences };
          await reload();
        }
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
