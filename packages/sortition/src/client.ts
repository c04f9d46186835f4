/** The client with every feature: a preset of parts on `@sortition/client`, and methods for its functions. */
import type { AnyFlags, FlagMap, LeanClientOf, OdpEventInput, Part, ProjectInfo } from '@sortition/client';
import {
  bandits,
  checkDatafile,
  checkedConfig,
  platform,
  projectInfo,
  reasonTexts,
  recordTo,
  searchProblems,
  sendOdpEvent,
  sticky,
} from '@sortition/client';
import { allNameHints, composeClient, FullUserContext, type UserContext } from '@sortition/client/internal';
import type { Problem } from '@sortition/core';
import { CLIENT_RULES, type ClientOptions } from './client-options.ts';

/** Decides flags for users. Create one per process and project, and close it at the end. */
export type Client<F extends FlagMap<F> = AnyFlags> = ClientOf<UserContext<F>>;

/** `Client` by its user contexts, so that a client of described flags is assignable to one of any flags. */
export interface ClientOf<User extends UserContext> extends LeanClientOf<User> {
  /** The project behind the flags, frozen and shared; `null` before there is a config. */
  getProjectInfo(): ProjectInfo | null;
  /**
   * Sends an event to the customer-data platform. Never throws; an event that cannot be sent is reported as a problem.
   */
  sendOdpEvent(event: OdpEventInput): void;
  readonly vuid: string | null;
  /** Resolves to everything that was left out of the current datafile, one problem per kind. Never rejects. */
  checkDatafile(): Promise<readonly Problem[]>;
}

/** The parts that the options add. */
function bring({ config, odp, vuid, events, cmab, profiles, profileTimeoutMs }: ClientOptions): readonly Part[] {
  const parts: Part[] = [reasonTexts, allNameHints, checkedConfig, searchProblems(config), recordTo(events as null)];
  if (odp || vuid) parts.push(platform({ odp, vuid }));
  if (profiles) parts.push(sticky(profiles, { timeoutMs: profileTimeoutMs }));
  if (cmab) parts.push(bandits(cmab));
  return parts;
}

/**
 * Creates a client.
 *
 * @throws SdkError `invalid-option` when an option is not valid.
 * @example
 * const client = createClient({ config: createStaticConfig({ datafile }), events: null });
 * const decision = client.createUserContext('ada', { plan: 'pro' }).decide('checkout');
 */
export function createClient<F extends FlagMap<F> = AnyFlags>(options: ClientOptions): Client<F> {
  const client = composeClient(options, { rules: CLIENT_RULES, bring, UserContext: FullUserContext });
  const methods = {
    getProjectInfo: () => projectInfo(client),
    sendOdpEvent: (event: OdpEventInput) => sendOdpEvent(client, event),
    checkDatafile: () => checkDatafile(client),
  };
  return Object.assign(client, methods) as unknown as Client<F>;
}
