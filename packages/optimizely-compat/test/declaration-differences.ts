/**
 * Where the declarations differ from the official ones. Every other exported name is assignable in both directions, which
 * `declarations.test.ts` checks; a row that is not needed any more turns it red.
 */

/** One name whose declarations differ. */
export interface DeclarationDifference {
  readonly name: string;
  readonly why: string;
}

const OPAQUE =
  'Holds a part that is opaque: declared with a symbol of its own, so that parts of one SDK are not handed to the other.';

/** Names of `@optimizely/optimizely-sdk` 6.6.1. */
export const DIFFERENCES: readonly DeclarationDifference[] = [
  'OpaqueConfigManager',
  'OpaqueEventProcessor',
  'OpaqueOdpManager',
  'OpaqueVuidManager',
  'OpaqueLevelPreset',
  'OpaqueLogger',
  'OpaqueErrorNotifier',
  'LoggerConfig',
  'Config',
  'DEBUG',
  'INFO',
  'WARN',
  'ERROR',
  'createInstance',
  'createLogger',
  'createErrorNotifier',
  'createStaticProjectConfigManager',
  'createPollingProjectConfigManager',
  'createBatchEventProcessor',
  'createForwardingEventProcessor',
  'createOdpManager',
  'createVuidManager',
].map((name) => ({ name, why: OPAQUE }));

/** What is checked of names that differ: all of them that is not opaque. */
export const CHECKED_PARTS: Readonly<Record<string, string>> = {
  Config:
    "Omit<$.Config, 'projectConfigManager' | 'eventProcessor' | 'logger' | 'errorNotifier' | 'odpManager' | 'vuidManager'>",
  LoggerConfig: "Omit<$.LoggerConfig, 'level'>",
  createInstance: 'ReturnType<typeof $.createInstance>',
  createLogger: "Omit<Parameters<typeof $.createLogger>[0], 'level'>",
  createErrorNotifier: 'Parameters<typeof $.createErrorNotifier>',
  createStaticProjectConfigManager: 'Parameters<typeof $.createStaticProjectConfigManager>',
  createPollingProjectConfigManager: 'Parameters<typeof $.createPollingProjectConfigManager>',
  createBatchEventProcessor: 'Parameters<typeof $.createBatchEventProcessor>',
  createForwardingEventProcessor: 'Parameters<typeof $.createForwardingEventProcessor>',
  createOdpManager: 'Parameters<typeof $.createOdpManager>',
  createVuidManager: 'Parameters<typeof $.createVuidManager>',
};
