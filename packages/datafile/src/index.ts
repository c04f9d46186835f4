/** Datafiles: parsing, validation and indexing; config sources. */
export { type ParsedDatafile, parseDatafile } from './parse-datafile.ts';
export type { DatafileProblemCode } from './problem-list.ts';
export { createStaticConfig } from './static-config.ts';
