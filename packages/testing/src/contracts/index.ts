/**
 * Contract suites: the requirements for every adapter of a port. They run in vitest, which is a peer dependency of this
 * entry only; the test client is in `@sortition/testing`.
 */
export {
  type AskedPrediction,
  type CmabSourceUnderTest,
  type CreateCmabSource,
  describeCmabSource,
} from './cmab-source.ts';
export { type ConfigSourceUnderTest, type CreateConfigSource, describeConfigSource } from './config-source.ts';
export type { Disturbance } from './disturbance.ts';
export { type CreateEventSink, describeEventSink, type EventSinkUnderTest } from './event-sink.ts';
export { type ArrivedOdpEvent, type CreateOdp, describeOdp, type OdpUnderTest } from './odp.ts';
export { type CreatePart, describePart, type PartUnderTest } from './part.ts';
export { type CreateProfileStore, describeUserProfileStore, type ProfileStoreUnderTest } from './user-profile-store.ts';
