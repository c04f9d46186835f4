/** The names of `@optimizely/optimizely-sdk` 5.4.1 for browsers; the types are those of `node.ts`. */
import { BROWSER as PLATFORM } from '../platforms/browser.ts';
import { type ClientV5, type ConfigV5, createInstanceV5 } from './create-instance.ts';
import { sendBeaconEventDispatcher } from './event-dispatcher.ts';
import { createNames, type Names } from './names.ts';

export { enums, LOG_LEVEL, LogLevel, OptimizelyDecideOption, OptimizelySegmentOption } from './enums.ts';
export { eventDispatcher } from './event-dispatcher.ts';
export { createLogger, getLogger, setLogHandler, setLogHandler as setLogger, setLogLevel } from './logging.ts';
export { errorHandler, logging } from './names.ts';
export { sendBeaconEventDispatcher };

/** Creates a client; `null` when the options cannot work at all. */
export function createInstance(config: ConfigV5): ClientV5 | null {
  return createInstanceV5(PLATFORM, config);
}

/** Parses nothing: what browsers tell of the device is sent by the customer-data platform's own tag. */
export function getUserAgentParser(): { parseUserAgentInfo(): { os: object; device: object } } {
  return { parseUserAgentInfo: () => ({ os: {}, device: {} }) };
}

/** Kept for its name: nothing here is remembered between clients. */
export function __internalResetRetryState(): void {
  // Nothing to reset.
}

const names: Names & {
  readonly sendBeaconEventDispatcher: typeof sendBeaconEventDispatcher;
  readonly getUserAgentParser: typeof getUserAgentParser;
  readonly __internalResetRetryState: typeof __internalResetRetryState;
} = {
  ...createNames(createInstance),
  sendBeaconEventDispatcher,
  getUserAgentParser,
  __internalResetRetryState,
};

// The official package has its names as a default export too, and applications import that.
// biome-ignore lint/style/noDefaultExport: part of the interface this entry has
export default names;
