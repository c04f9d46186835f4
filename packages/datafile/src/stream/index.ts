/** Server-sent events that announce datafile versions. Needs `eventsource-parser` beside this package. */
export { type VersionStreamOptions, versionStream } from './version-stream.ts';
