/** Contract suites: what every adapter of a port must do. They run in vitest, which is a peer of this entry alone. */
export { type CreateEventSink, describeEventSink, type EventSinkUnderTest } from './event-sink.ts';
export { type CreateProfileStore, describeUserProfileStore, type ProfileStoreUnderTest } from './user-profile-store.ts';
