/** The decision server as a program on Node: settings, a datafile on disk, metrics, logs, and a stop that drains. */
export { createFileConfig, type FileConfig } from './file-config.ts';
export { createJsonLogger } from './logger.ts';
export { createMetrics } from './metrics.ts';
export { type ProgramSettings, readSettings, SETTINGS, type SettingDescription } from './settings.ts';
export { type RunningServer, type ServerParts, startDecisionServer } from './start.ts';
