/**
 * The customer-data platform (ODP): the visitor id, events that are sent automatically, and events of the application.
 */
import type { Odp, OdpEvent, VuidSource } from '@sortition/core';
import { callPart, tryPart } from '@sortition/core/internal';
import type { ClientCore } from '../client-core.ts';
import { withLimits } from '../deadline.ts';
import { checkValue, hasThese, type OptionRules } from '../option-rules.ts';
import type { Part } from '../part.ts';
import { reportNoOdp } from './no-odp.ts';
import { fetchSegments } from './segments.ts';

/** Options of `platform`. */
export interface PlatformOptions {
  /** Real-time segments and ODP events: `createOdp()` of `@sortition/odp`, or your own. */
  readonly odp?: Odp | undefined;
  /** The visitor id of this browser: `createVuidSource()` of `@sortition/odp`, or your own. */
  readonly vuid?: VuidSource | undefined;
}

/** The rules for the options of `platform`. */
export const PLATFORM_RULES: OptionRules<PlatformOptions> = {
  odp: /* @__PURE__ */ hasThese(['fetchSegments', 'sendEvent', 'configure'], 'createOdp()'),
  vuid: /* @__PURE__ */ hasThese(['load', 'current'], 'a source of visitor ids'),
};

/** How long `ready` waits for the visitor id, in milliseconds; its storage is local. */
const VUID_TIMEOUT_MS = 1_000;

/**
 * Adds segments, ODP events and visitor ids. The client closes the ODP part.
 *
 * @throws SdkError `invalid-option` when `odp` or `vuid` does not have the methods it must have
 */
export function platform(options: PlatformOptions): Part<never> {
  const { odp, vuid } = Object(options) as PlatformOptions;
  if (odp !== undefined) checkValue('platform', 'odp', odp, PLATFORM_RULES.odp);
  if (vuid !== undefined) checkValue('platform', 'vuid', vuid, PLATFORM_RULES.vuid);
  return (client) => {
    const { problems, state } = client;
    const userId = (): string | null => currentVuid(client, vuid);
    const send = (event: OdpEvent): void => {
      if (!client.mayRecord()) return;
      if (odp) problems.guard('odp', 'sendEvent', () => odp.sendEvent(event));
      else reportNoOdp(problems, 'The ODP event was not sent');
    };
    /**
     * Reports that the visitor is this user, or with `null` that there is a visitor. Does nothing without an ODP
     * integration.
     */
    const announce = (id: string | null): void => {
      if (odp === undefined || !state.config?.odp) return;
      problems.guard('odp', 'announce', () => vuid?.announce?.(send, id));
    };
    const loadVuid = async (): Promise<void> => {
      try {
        await withLimits('Loading the visitor id', { timeoutMs: VUID_TIMEOUT_MS }, () => vuid?.load());
      } catch (cause) {
        problems.report({ code: 'vuid-failed', part: 'odp', message: 'The visitor id could not be loaded.', cause });
      }
      announce(null);
    };
    problems.guard('odp', 'attach', () => odp?.attach?.(client.host));
    return {
      part: 'odp',
      ready: vuid && loadVuid(),
      userId,
      ...(vuid && odp && { user: announce }),
      configure(config) {
        problems.guard('odp', 'configure', () => odp?.configure(config.odp));
        announce(null);
      },
      flush: async (limits) => odp?.flush?.(limits),
      close: async (limits) => odp?.close?.(limits),
      stats: () => ({ odp: tryPart(() => odp?.stats?.()) ?? null }),
      platform: {
        hasSegments: odp !== undefined,
        fetchSegments: (id, given) => fetchSegments(problems, odp, { userId: id, given }),
        sendEvent: (input) =>
          problems.guard('odp', 'sendEvent', () => {
            const { action, type, identifiers, data } = input;
            const known = userId();
            send({ action, type, identifiers: { ...(known && { vuid: known }), ...identifiers }, data: data ?? {} });
          }),
      },
    };
  };
}

function currentVuid({ problems }: Pick<ClientCore, 'problems'>, vuid: VuidSource | undefined): string | null {
  const known: unknown = callPart(
    () => vuid?.current(),
    (cause) =>
      problems.reportFirst({ code: 'vuid-failed', part: 'odp', message: 'The visitor id could not be read.', cause }),
  );
  return typeof known === 'string' ? known : null;
}
