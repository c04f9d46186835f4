/** Predictions for contextual bandits. */
export { createCmabSource } from './cmab-source.ts';
export type { CmabSourceOptions } from './cmab-source-options.ts';
