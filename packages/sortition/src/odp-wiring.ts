/** ODP in the client: who the visitor is, what is sent about them by itself, and what an application sends. */
import type { OdpEvent, OdpValue, ProjectConfig } from '@sortition/core';
import { callPart } from './call-part.ts';
import { withDeadline } from './deadline.ts';
import { mayRecord, type Runtime } from './runtime.ts';

/** An event for the customer-data platform, as an application writes it. */
export interface OdpEventInput {
  readonly action: string;
  readonly type?: string | undefined;
  readonly identifiers?: Record<string, string> | undefined;
  readonly data?: Record<string, OdpValue> | undefined;
}

/** What the client uses. Nothing of it throws or rejects. */
export interface OdpWiring {
  /** Resolves when the visitor id is known or will not be. */
  loadVuid(): Promise<void>;
  vuid(): string | null;
  /** Tells ODP the settings of a config. */
  configure(config: ProjectConfig): void;
  sendEvent(event: OdpEventInput): void;
  /** Says that the visitor is this user, where both are known; with `null`, that there is a visitor. */
  announce(userId: string | null): void;
}

/** Storage of a visitor id is local; whoever waits for `ready` does not wait longer for it. */
const VUID_TIMEOUT_MS = 1_000;

const SENDING = 'Sending an ODP event';

/** Creates the wiring. */
export function createOdpWiring(runtime: Runtime): OdpWiring {
  const { problems } = runtime;
  const { odp, vuid } = runtime.options;

  function knownVuid(): string | null {
    const known: unknown = callPart(
      () => vuid?.current(),
      (cause) =>
        problems.reportFirst({ code: 'vuid-failed', part: 'odp', message: 'The visitor id could not be read.', cause }),
    );
    return typeof known === 'string' ? known : null;
  }

  const send = (event: OdpEvent): void => {
    if (!mayRecord(runtime)) return;
    if (odp) problems.guard('odp', SENDING, () => odp.sendEvent(event));
    else reportNoOdp(runtime, 'The ODP event was not sent');
  };

  /** Without an integration nobody would be told. */
  function announce(userId: string | null): void {
    if (odp === undefined || runtime.config?.odp === null) return;
    problems.guard('odp', 'Announcing the visitor', () => vuid?.announce?.(send, userId));
  }

  return {
    async loadVuid() {
      try {
        await withDeadline('Loading the visitor id', { timeoutMs: VUID_TIMEOUT_MS }, () => vuid?.load());
      } catch (cause) {
        problems.report({ code: 'vuid-failed', part: 'odp', message: 'The visitor id could not be loaded.', cause });
      }
      if (runtime.config !== null) announce(null);
    },
    vuid: knownVuid,
    configure(config) {
      problems.guard('odp', 'Configuring ODP', () => odp?.configure(config.odp));
      announce(null);
    },
    sendEvent(input) {
      problems.guard('odp', SENDING, () => {
        const { action, type, identifiers, data } = input;
        const known = knownVuid();
        send({ action, type, identifiers: { ...(known && { vuid: known }), ...identifiers }, data: data ?? {} });
      });
    },
    announce,
  };
}

/** @param consequence What a missing part costs, as the beginning of a sentence. */
export function reportNoOdp({ problems }: Runtime, consequence: string): void {
  const message = `${consequence}: the client has no "odp" part. Pass "odp: createOdp()" from @sortition/odp to createClient.`;
  problems.report({ code: 'no-odp', part: 'odp', message });
}
