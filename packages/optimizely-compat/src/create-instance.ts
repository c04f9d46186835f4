/** Creates clients with the interface of the official SDK, composed of Sortition's parts. */
import {
  bandits,
  type ClientCore,
  createClient,
  type LeanClient,
  type Part,
  type PartHooks,
  platform as platformPart,
  projectInfo,
} from '@sortition/client';
import type { OdpValue } from '@sortition/core';
import type { ClientInternals } from './client-internals.ts';
import { type CmabOptions, createPredictions } from './cmab.ts';
import { type ConfigManager, type OpaqueConfigManager, openConfigManager } from './config-managers.ts';
import type { Client } from './contract/client.ts';
import type { OptimizelyDecideOption } from './contract/enums.ts';
import type { OptimizelyConfig } from './contract/project-view.ts';
import type { UserProfileService, UserProfileServiceAsync } from './contract/user.ts';
import { createDatafileView } from './datafile-view.ts';
import { readDecideFlags } from './decide-flags.ts';
import { type OpaqueErrorNotifier, openErrorNotifier } from './error-notifier.ts';
import { type OpaqueEventProcessor, openEventProcessor } from './event-processors.ts';
import { createEventRecording, recordWithMemory, toPlainLogEvent } from './event-recording.ts';
import { createForcedVariations } from './forced-variations.ts';
import { refuseInputs } from './input-checks.ts';
import { type OpaqueLogger, openLogger, toPartLogger } from './logging.ts';
import { createNotifications } from './notification-center.ts';
import { type OdpManager, type OpaqueOdpManager, openOdpManager } from './odp-manager.ts';
import { createOlderCalls } from './older-calls.ts';
import { buildOptimizelyConfig } from './optimizely-config.ts';
import type { PlatformDefaults } from './platform.ts';
import { createProfileReader } from './profile-session.ts';
import { createReporter } from './reporter.ts';
import { createQuietCandidate, QUIET } from './shadow/quiet-candidate.ts';
import { trackConversion } from './track.ts';
import { UserContext } from './user-context.ts';
import { type OpaqueVuidManager, openVuidManager } from './vuid-manager.ts';

/** Options of `createInstance`. */
export interface Config {
  projectConfigManager: OpaqueConfigManager;
  /** Without an event processor, no impressions and conversions are sent. */
  eventProcessor?: OpaqueEventProcessor;
  /** Accepted for compatibility; validators belong to the config managers. */
  jsonSchemaValidator?: { validate(jsonObject: unknown): boolean };
  logger?: OpaqueLogger;
  errorNotifier?: OpaqueErrorNotifier;
  userProfileService?: UserProfileService;
  userProfileServiceAsync?: UserProfileServiceAsync;
  defaultDecideOptions?: OptimizelyDecideOption[];
  /** Name and version in events. */
  clientEngine?: string;
  clientVersion?: string;
  odpManager?: OpaqueOdpManager;
  vuidManager?: OpaqueVuidManager;
  /** Accepted for compatibility without effect: the timers of this client never keep a process alive. */
  disposable?: boolean;
  cmab?: CmabOptions;
}

/** The default client version in events: the version of the API that this package implements. */
const CLIENT_VERSION = '6.6.1';
const READY_TIMEOUT_MS = 30_000;

/** @throws Error `Invalid config manager` */
export function createInstanceOn(platform: PlatformDefaults, config: Config): Client {
  const manager = openConfigManager(config?.projectConfigManager);
  if (manager === undefined) throw new Error('Invalid config manager');
  const { lean, internals, odp, vuid } = compose(platform, manager, config);
  const { core, reporter, notifications } = internals;
  let view: { readonly of: object; readonly config: OptimizelyConfig } | undefined;

  const quiet = { [QUIET]: () => createQuietCandidate(internals) };
  return {
    ...quiet,
    ...createOlderCalls(internals),
    notificationCenter: notifications.center,
    createUserContext(userId, attributes) {
      const id: unknown = userId ?? vuid.id();
      const badUser = refuseInputs({ user_id: id });
      const refused = badUser ?? refuseInputs({}, attributes);
      if (refused) {
        reporter.report(refused);
        throw new Error(badUser ? 'Invalid identifier' : 'Invalid attributes');
      }
      vuid.announce(id as string);
      return UserContext.create(internals, id as string, attributes);
    },
    getVuid() {
      if (vuid.exists) return vuid.id() ?? undefined;
      reporter.error('Unable to get VUID - VuidManager is not available');
      return undefined;
    },
    track(eventKey, userId, attributes, eventTags) {
      trackConversion(internals, { eventKey, userId, attributes, eventTags });
    },
    getOptimizelyConfig() {
      const info = projectInfo(lean);
      const { config: current } = core.state;
      if (info === null || current === null) {
        reporter.error('No project config available. Failing getOptimizelyConfig.');
        return null;
      }
      if (view?.of !== current) {
        const built = buildOptimizelyConfig({ config: current, info, datafile: manager.datafile() });
        view = { of: current, config: built };
      }
      return view.config;
    },
    onReady: (options) => whenReady(lean, manager, options?.timeout),
    async close() {
      await lean.close();
      notifications.center.clearAllNotificationListeners();
    },
    sendOdpEvent(action, type, identifiers, data) {
      if (!odp || !internals.platform) {
        reporter.error('ODP Manager is missing. sendOdpEvent failed.');
        return;
      }
      internals.platform.sendEvent({
        action,
        type: type || undefined,
        identifiers: Object.fromEntries(identifiers ?? []),
        data: { ...odp.device, ...Object.fromEntries((data ?? []) as Iterable<[string, OdpValue]>) },
      });
    },
    isOdpIntegrated() {
      if (core.state.config === null) reporter.error('No project config available. Failing isOdpIntegrated.');
      return Boolean(core.state.config?.odp);
    },
  };
}

/** Resolves when there is a datafile. @throws Error with the message of the official SDK */
async function whenReady(lean: LeanClient, { failure }: ConfigManager, timeout: unknown): Promise<void> {
  if (failure !== undefined) throw new Error(failure);
  const timeoutMs = typeof timeout === 'number' ? timeout : READY_TIMEOUT_MS;
  if (timeoutMs <= 0 && !lean.isReady) throw new Error(`onReady timeout expired after ${timeoutMs} ms`);
  try {
    await lean.ready({ timeoutMs });
  } catch (cause) {
    const isLate = (cause as { code?: unknown }).code === 'not-ready';
    throw new Error(isLate ? `onReady timeout expired after ${timeoutMs} ms` : 'Client stopped before running', {
      cause,
    });
  }
}

/** The visitor of this browser. */
interface Visitor {
  readonly exists: boolean;
  id(): string | null;
  /** Identifies the visitor to the customer-data platform. */
  announce(userId: string): void;
}

interface Composed {
  readonly lean: LeanClient;
  readonly internals: ClientInternals;
  readonly odp: OdpManager | undefined;
  readonly vuid: Visitor;
}

function compose(platform: PlatformDefaults, manager: ConfigManager, config: Config): Composed {
  const logging = openLogger(config.logger);
  const reporter = createReporter(logging, openErrorNotifier(config.errorNotifier));
  const notifications = createNotifications(reporter);
  const odp = openOdpManager(config.odpManager);
  const source = openVuidManager(config.vuidManager);
  const sink = openEventProcessor(config.eventProcessor);
  const recorded = sink && recordWithMemory(sink);
  const seen: { core?: ClientCore; recording?: PartHooks; platform?: PartHooks; bandits?: PartHooks } = {};
  /** Wraps a part and stores what it creates in `seen`, because the calls of this package use it directly. */
  const keep =
    (name: 'recording' | 'platform' | 'bandits', part: Part<never>): Part<never> =>
    (core) =>
      (seen[name] = part(core));
  const parts: Part<never>[] = [
    (core) => {
      seen.core = core;
      return {};
    },
    keep('platform', platformPart({ odp: odp?.odp, vuid: source })),
    keep('bandits', bandits(createPredictions(config.cmab))),
    ...(recorded ? [keep('recording', recorded.part)] : []),
  ];
  const lean = createClient<Record<never, never>, never>({
    config: manager.source,
    parts,
    logger: logging ? toPartLogger(logging) : false,
    clientName: config.clientEngine || platform.clientEngine,
    clientVersion: config.clientVersion || CLIENT_VERSION,
  }) as unknown as LeanClient;
  const core = seen.core as ClientCore;
  lean.on('log-event', (log) => {
    if (notifications.has('LOG_EVENT')) notifications.send('LOG_EVENT', toPlainLogEvent(log) as never);
  });
  lean.on('config-update', () => notifications.send('OPTIMIZELY_CONFIG_UPDATE', undefined));
  lean.on('problem', ({ message, cause }) => {
    // The client's own logger has written the problem.
    openErrorNotifier(config.errorNotifier)?.handleError(new Error(message, { cause }));
  });
  const services = { sync: readService(config.userProfileService), async: config.userProfileServiceAsync };
  const internals: ClientInternals = {
    core,
    reporter,
    notifications,
    profiles: createProfileReader(services, core, reporter),
    forced: createForcedVariations(reporter),
    recording: createEventRecording({
      core,
      recorder: seen.recording?.recorder,
      lastLogEvent: () => recorded?.lastLogEvent(),
      view: createDatafileView(() => manager.datafile()),
      notifications,
      reporter,
    }),
    predict: seen.bandits?.predict,
    platform: odp && seen.platform?.platform,
    defaults: readDecideFlags(config.defaultDecideOptions, new Set(), reporter),
  };
  const vuid: Visitor = {
    exists: source !== undefined,
    id: () => seen.platform?.userId?.() ?? null,
    announce: (userId) => seen.platform?.user?.(userId),
  };
  return { lean, internals, odp, vuid };

  function readService(service: UserProfileService | undefined): UserProfileService | undefined {
    if (!service) return undefined;
    const missing = (['lookup', 'save'] as const).find((method) => typeof service[method] !== 'function');
    if (missing === undefined) return service;
    reporter.warn(`Provided user profile service instance is in an invalid format: Missing function '${missing}'.`);
    return undefined;
  }
}
