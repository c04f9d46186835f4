/** Sticky assignments in process memory. */
export { createMemoryProfileStore, type MemoryProfileStoreOptions } from './memory-profile-store.ts';
