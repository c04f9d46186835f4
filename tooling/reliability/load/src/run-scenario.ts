/** Finds who runs a scenario. */
import {
  createOfficialEvents,
  createOfficialOdpEvents,
  createOfficialPolling,
  createOfficialSegments,
} from './official-contestant.ts';
import { createOurEvents, createOurOdpEvents, createOurPolling, createOurSegments } from './our-contestant.ts';
import { runDelivery } from './run-delivery.ts';
import { runPolling } from './run-polling.ts';
import { runProfiles } from './run-profiles.ts';
import { runRestarts } from './run-restarts.ts';
import { runSegments } from './run-segments.ts';
import { runOnSockets } from './run-sockets.ts';
import type { Outcome, Scenario } from './scenario.ts';

/** Runs a scenario with this SDK. @param seed Of chance, where the run is in fast motion. */
export function runOurs(scenario: Scenario, seed: number): Promise<Outcome> {
  switch (scenario.kind) {
    case 'events':
      return runDelivery(scenario, seed, createOurEvents);
    case 'odp-events':
      return runDelivery(scenario, seed, createOurOdpEvents);
    case 'sockets':
      return runOnSockets(scenario, createOurEvents);
    case 'odp-sockets':
      return runOnSockets(scenario, createOurOdpEvents);
    case 'segments':
      return runSegments(scenario, seed, createOurSegments);
    case 'polling':
      return runPolling(scenario, seed, createOurPolling);
    case 'profiles':
      return runProfiles(scenario);
    case 'restarts':
      return runRestarts(scenario);
  }
}

/** The same with the official SDK; `null` where it cannot take part. */
export async function runOfficial(scenario: Scenario, seed: number): Promise<Outcome | null> {
  switch (scenario.kind) {
    case 'events':
      return scenario.hasStore ? null : runDelivery(scenario, seed, createOfficialEvents);
    case 'odp-events':
      return runDelivery(scenario, seed, createOfficialOdpEvents);
    case 'sockets':
      return runOnSockets(scenario, createOfficialEvents);
    case 'odp-sockets':
      return runOnSockets(scenario, createOfficialOdpEvents);
    case 'segments':
      return runSegments(scenario, seed, createOfficialSegments);
    case 'polling':
      return runPolling(scenario, seed, createOfficialPolling);
    default:
      // It has no profile store for Redis and no store for files.
      return null;
  }
}
