/** Test doubles for applications; nothing here needs a test runner. */
export { findUserIn } from './find-user.ts';
export type { Recorded, RecordedConversion, RecordedDecision, RecordedImpression } from './recorded.ts';
export { createTestClient, type TestClient, type TestClientOptions } from './test-client.ts';
export type { TestFlag, TestFlags } from './test-flags.ts';
