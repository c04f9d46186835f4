/**
 * Test doubles for applications; nothing here needs a test runner.
 *
 * The contract suites for ports of your own (`describeConfigSource` and the others) are in `@sortition/testing/contracts`,
 * an entry of their own because they alone need vitest.
 */
export { findUserIn } from './find-user.ts';
export type { Recorded, RecordedConversion, RecordedDecision, RecordedImpression } from './recorded.ts';
export { createTestClient, type TestClient, type TestClientOptions } from './test-client.ts';
export type { TestFlag, TestFlags } from './test-flags.ts';
