/**
 * Test doubles for applications; nothing here needs a test runner.
 *
 * The contract suites for your own implementations of ports (`describeConfigSource` and the others) are in the separate
 * entry `@sortition/testing/contracts`, because only they need vitest.
 */
export { findUserIn } from './find-user.ts';
export type { Recorded, RecordedConversion, RecordedDecision, RecordedImpression } from './recorded.ts';
export { createTestClient, type TestClient, type TestClientOptions } from './test-client.ts';
export type { TestFlag, TestFlags } from './test-flags.ts';
