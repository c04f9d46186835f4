/** An ODP part against a real local platform, with what its client would have heard. */
import type { Odp, OdpSettings, Problem, SegmentOption } from '@sortition/core';
import { createLabServer, type LabServer, type LabServerOptions } from '@sortition/emulator';
import { afterAll, afterEach, onTestFinished } from 'vitest';
import { runGraphql } from '../src/browser/run-graphql.ts';
import { createOdp, type OdpOptions } from '../src/index.ts';
import { createOdpOver } from '../src/odp.ts';

/** The part as every platform has it: name and factory. */
export const PLATFORMS: readonly [name: string, create: typeof createOdp][] = [
  ['servers', createOdp],
  ['pages', (options = {}) => createOdpOver(runGraphql, options)],
];

/** Starts a platform for a test file; faults and refusals end with each test. Call at the top level. */
export async function startLab(options: LabServerOptions = {}): Promise<LabServer> {
  const lab = await createLabServer(options);
  afterEach(() => {
    lab.faults.clear();
    lab.odp.refuse('*', null);
    lab.odp.requests.clear();
    lab.odp.eventRequests.clear();
  });
  afterAll(() => lab.close());
  return lab;
}

/** The settings of a datafile that names the lab. */
export function settingsFor(lab: LabServer, overrides: Partial<OdpSettings> = {}): OdpSettings {
  return { apiKey: 'key', apiHost: lab.url, pixelUrl: '', segmentsToCheck: ['vip', 'new'], ...overrides };
}

interface RunningOdp {
  readonly odp: Odp;
  readonly problems: Problem[];
  /** Work handed over with `waitUntil`. */
  readonly handedOver: Promise<unknown>[];
  fetch(userId: string, ...options: SegmentOption[]): Promise<readonly string[]>;
}

/** Creates a part that is configured for the lab, as a client would; closed at the end of the test. */
export function startOdp(
  lab: LabServer,
  options: OdpOptions = {},
  settings: Partial<OdpSettings> = {},
  create: typeof createOdp = createOdp,
): RunningOdp {
  const odp = create({ allowedHosts: ['127.0.0.1'], ...options });
  const problems: Problem[] = [];
  const handedOver: Promise<unknown>[] = [];
  odp.attach?.({
    problem: (problem) => problems.push(problem),
    clientName: 'test-sdk',
    clientVersion: '1.2.3',
    waitUntil: (work) => handedOver.push(work),
  });
  odp.configure(settingsFor(lab, settings));
  onTestFinished(async () => {
    await odp.close?.({ timeoutMs: 10 });
  });
  return { odp, problems, handedOver, fetch: (userId, ...use) => odp.fetchSegments({ userId, options: use }) };
}
