/** ODP in the client: who the visitor is, what is sent about them by itself, and what an application sends. */
import type { Odp, OdpEvent, OdpValue, ProjectConfig, VuidSource } from '@sortition/core';
import { callPart } from './call-part.ts';
import { withDeadline } from './deadline.ts';
import type { ProblemReporter } from './problem-reporter.ts';

/** An event for the customer-data platform, as an application writes it. */
export interface OdpEventInput {
  readonly action: string;
  readonly type?: string;
  readonly identifiers?: Record<string, string>;
  readonly data?: Record<string, OdpValue>;
}

/** What the client uses. */
export interface OdpWiring {
  /** Loads the visitor id, if there is a source of one; resolves when it is known or will not be. Never rejects. */
  load(): Promise<void>;
  vuid(): string | null;
  /** Tells ODP the settings of the current config. */
  configure(): void;
  /** Never throws. */
  sendEvent(event: OdpEventInput): void;
  /** Says that the visitor is this user, where both are known. */
  identify(userId: string): void;
}

interface OdpWiringOptions {
  readonly odp: Odp | undefined;
  readonly vuid: VuidSource | undefined;
  readonly problems: ProblemReporter;
  readonly currentConfig: () => ProjectConfig | null;
  /** `false` after the client was closed. */
  readonly mayRecord: () => boolean;
}

/** Storage of a visitor id is local; whoever waits for `ready` does not wait longer for it. */
const VUID_TIMEOUT_MS = 1_000;

/** Creates the wiring. */
export function createOdpWiring({ odp, vuid, problems, currentConfig, mayRecord }: OdpWiringOptions): OdpWiring {
  let loading: Promise<void> | undefined;

  function knownVuid(): string | null {
    const known: unknown = callPart(
      () => vuid?.current(),
      (cause) =>
        problems.reportOnce({ code: 'vuid-failed', part: 'odp', message: 'The visitor id could not be read.', cause }),
    );
    return typeof known === 'string' ? known : null;
  }

  const send = (event: OdpEvent): void => {
    if (mayRecord()) problems.guard('odp', 'Sending an ODP event', () => odp?.sendEvent(event));
  };

  /** Without an integration nobody would be told. */
  function announce(userId: string | null): void {
    if (odp === undefined || currentConfig()?.odp === null) return;
    problems.guard('odp', 'Announcing the visitor', () => vuid?.announce?.(send, userId));
  }

  async function loadVuid(source: VuidSource): Promise<void> {
    try {
      await withDeadline('Loading the visitor id', { timeoutMs: VUID_TIMEOUT_MS }, () => source.load());
    } catch (cause) {
      problems.report({ code: 'vuid-failed', part: 'odp', message: 'The visitor id could not be loaded.', cause });
    }
    if (currentConfig() !== null) announce(null);
  }

  return {
    load() {
      loading ??= vuid === undefined ? Promise.resolve() : loadVuid(vuid);
      return loading;
    },
    vuid: knownVuid,
    configure() {
      const config = currentConfig();
      if (config === null) return;
      problems.guard('odp', 'Configuring ODP', () => odp?.configure(config.odp));
      announce(null);
    },
    sendEvent(input) {
      if (!mayRecord()) return;
      if (odp === undefined) {
        problems.report({
          code: 'no-odp',
          part: 'odp',
          message:
            'The ODP event was not sent: the client has no "odp" part. Pass "odp: createOdp()" from @sortition/odp to createClient.',
        });
        return;
      }
      problems.guard('odp', 'Sending an ODP event', () => {
        const { action, type, identifiers, data } = input;
        const known = knownVuid();
        const all = { ...(known && { vuid: known }), ...identifiers };
        return odp.sendEvent({ action, type, identifiers: all, data: data ?? {} });
      });
    },
    identify: announce,
  };
}
