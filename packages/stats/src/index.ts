/** Statistics of experiments, as pure functions. */
export type { Confidence } from './checked-input.ts';
export { compareMeans, type MeanComparison, type MeanOptions, type SampleFigures } from './compare-means.ts';
export { compareProportions, type Proportion, proportionInterval } from './compare-proportions.ts';
export type { Comparison, Interval } from './comparison.ts';
export {
  type DetectableEffect,
  minimumDetectableEffect,
  type PowerInput,
  type PowerOptions,
} from './minimum-detectable-effect.ts';
export { type ObservedShare, type SampleRatio, sampleRatio } from './sample-ratio.ts';
export {
  type SequentialEstimate,
  type SequentialInterval,
  type SequentialOptions,
  sequentialInterval,
} from './sequential-interval.ts';
