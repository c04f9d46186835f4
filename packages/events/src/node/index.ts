/** The event store for Node. */
export { createFileEventStore, type FileEventStoreOptions } from './file-event-store.ts';
