/** This SDK under load, with the options it has by default. */
import { createPollingConfig } from '@sortition/datafile';
import { createFileEventStore } from '@sortition/events/node';
import { createOdp } from '@sortition/odp';
import { type Client, createBatchEvents, createClient, createStaticConfig } from 'sortition';
import type { Contestant, ContestantOptions, PollingContestant, SegmentsContestant } from './contestant.ts';
import { createDatafile, createDatafileWithSegments, FLAG_KEY, POLL_INTERVAL_MS } from './project.ts';

/** Impressions of users who are decided for. */
export function createOurEvents({ fetch, directory, origin }: ContestantOptions): Contestant {
  const dropped: Record<string, number> = {};
  const client = createClient({
    config: createStaticConfig({ datafile: createDatafile() }),
    logger: false,
    events: createBatchEvents({
      fetch,
      endpoint: origin && `${origin}/v1/events`,
      store: directory === undefined ? undefined : createFileEventStore({ directory }),
      onDrop({ reason }) {
        dropped[reason] = (dropped[reason] ?? 0) + 1;
      },
    }),
  });
  const problems = countProblems(client);
  return {
    record: (number) => void client.createUserContext(`n${number}`).decide(FLAG_KEY),
    flush: () => client.flush({ timeoutMs: 5_000 }),
    close: () => client.close({ timeoutMs: 5_000 }),
    report: () => ({ dropped, pending: client.stats().events.pending }),
    problems,
  };
}

/** Events of the customer-data platform. */
export function createOurOdpEvents({ fetch, origin }: ContestantOptions): Contestant {
  const odp = createOdp({ fetch, allowedHosts: origin === undefined ? [] : [new URL(origin).host] });
  const client = createClient({
    config: createStaticConfig({ datafile: createDatafile(origin) }),
    logger: false,
    events: null,
    odp,
  });
  const problems = countProblems(client);
  return {
    record: (number) => client.sendOdpEvent({ action: `n${number}`, identifiers: { fs_user_id: 'ada' } }),
    flush: () => client.flush({ timeoutMs: 5_000 }),
    close: () => client.close({ timeoutMs: 5_000 }),
    report() {
      const { dropped = 0, pending = 0 } = odp.stats?.().events ?? {};
      const why = problems.has('odp-queue-full') ? 'queue-full' : 'refused';
      return { dropped: dropped > 0 ? { [why]: dropped } : {}, pending };
    },
    problems,
  };
}

/** Segments of users. */
export function createOurSegments({ fetch }: ContestantOptions): SegmentsContestant {
  const client = createClient({
    config: createStaticConfig({ datafile: createDatafileWithSegments() }),
    logger: false,
    events: null,
    odp: createOdp({ fetch }),
  });
  return {
    fetchSegments: (number) => client.createUserContext(`n${number}`).fetchQualifiedSegments(),
    close: () => client.close({ timeoutMs: 100 }),
    problems: countProblems(client),
  };
}

/** A datafile that is polled. */
export function createOurPolling({ fetch }: ContestantOptions): PollingContestant {
  const client = createClient({
    config: createPollingConfig({ sdkKey: 'key', fetch, pollIntervalMs: POLL_INTERVAL_MS }),
    logger: false,
    events: null,
  });
  return {
    revision: () => client.getProjectInfo()?.revision,
    decide: () => client.createUserContext('ada').decide(FLAG_KEY).variationKey,
    close: () => client.close({ timeoutMs: 100 }),
    problems: countProblems(client),
  };
}

function countProblems(client: Pick<Client, 'on'>): ReadonlyMap<string, number> {
  const problems = new Map<string, number>();
  client.on('problem', ({ code }) => problems.set(code, (problems.get(code) ?? 0) + 1));
  return problems;
}
