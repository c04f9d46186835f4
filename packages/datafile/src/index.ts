/** Datafiles: parsing, validation and indexing; config sources. */
export { checkDatafile, type DatafileCheckCode } from './check-datafile.ts';
export type { ConfigProblemCode } from './config-problems.ts';
export { type ParsedDatafile, parseDatafile } from './parse-datafile.ts';
export { createPollingConfig } from './polling-config.ts';
export type { DatafileCache, PollingConfigOptions } from './polling-options.ts';
export type { DatafileProblemCode } from './problem-list.ts';
export { createStaticConfig } from './static-config.ts';
