/** The names of `@optimizely/optimizely-sdk` 5.4.1 for React Native; the types are those of `node.ts`. */
import { REACT_NATIVE as PLATFORM } from '../platforms/react-native.ts';
import { type ClientV5, type ConfigV5, createInstanceV5 } from './create-instance.ts';
import { createNames, type Names } from './names.ts';

export { enums, LOG_LEVEL, LogLevel, OptimizelyDecideOption, OptimizelySegmentOption } from './enums.ts';
export { eventDispatcher } from './event-dispatcher.ts';
export { createLogger, getLogger, setLogHandler, setLogHandler as setLogger, setLogLevel } from './logging.ts';
export { errorHandler, logging } from './names.ts';

/** Creates a client; `null` when the options cannot work at all. */
export function createInstance(config: ConfigV5): ClientV5 | null {
  return createInstanceV5(PLATFORM, config);
}

const names: Names = createNames(createInstance);

// The official package has its names as a default export too, and applications import that.
// biome-ignore lint/style/noDefaultExport: part of the interface this entry has
export default names;
