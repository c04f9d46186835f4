/** Datafiles: parsing, validation and indexing; config sources. */
export { checkDatafile, type DatafileCheckCode } from './check-datafile.ts';
export type { ConfigProblemCode } from './config-problems.ts';
export { createDatafileCache, type DatafileCache, type DatafileCacheEntry } from './datafile-cache.ts';
export { datafileCheck } from './datafile-check.ts';
export type { DatafileEndpoint } from './datafile-endpoint.ts';
export type { FetchedDatafile, Validators } from './fetch-datafile.ts';
export { parseDatafile } from './parse-datafile.ts';
export type { DatafileCheck, ParsedDatafile } from './parse-document.ts';
export { createPollingConfig } from './polling-config.ts';
export type { PollingConfigOptions } from './polling-options.ts';
export type { DatafileProblemCode } from './problem-list.ts';
export { type ReadWhenNeeded, readWhenNeeded } from './read-when-needed.ts';
export { createStaticConfig, type StaticConfigOptions } from './static-config.ts';
export type { ListenForVersions, VersionListener, VersionStream, VersionStreamSettings } from './version-listener.ts';
