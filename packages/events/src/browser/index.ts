/** The event store for browsers and React Native. */
export { createStorageEventStore, type StorageEventStoreOptions } from './storage-event-store.ts';
