/** What came of an experiment, as `GET /api/results/:ruleId` answers it: all of it of one moment. */
import type { SimulationProgress } from './simulation-progress.ts';

/** A variation's visitors so far, and its conversion rate with its Wilson interval at 95 %, 0 to 1. */
export interface VariationCounts {
  readonly variationId: string;
  readonly visitors: number;
  readonly conversions: number;
  readonly rate: number;
  readonly low: number;
  readonly high: number;
}

/** A variation beside the control. Intervals are at 95 %, for all comparisons together. */
export interface ResultComparison {
  /** 0.1 is 10 % more; `null` when the control is 0. */
  readonly lift: number | null;
  readonly liftLow: number | null;
  readonly liftHigh: number | null;
  readonly pValue: number;
  /** The same lift, to be looked at as often as one likes. */
  readonly sequential: { readonly low: number; readonly high: number; readonly pValue: number } | null;
}

/** An amount per visitor; visitors without one count with 0. */
export interface ResultMean {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  /** `null` for the control, and when there is too little to compare. */
  readonly comparison: ResultComparison | null;
}

/** The same with what the datafile says now. */
export interface VariationResult extends VariationCounts {
  readonly variationKey: string;
  /** Of the traffic that the period allocates at all, 0 to 1. */
  readonly configuredShare: number;
  /** Of conversion rates; `null` for the control, and when there is nobody to compare. */
  readonly comparison: ResultComparison | null;
  /** In cents; `null` when no event had revenue. */
  readonly revenue: ResultMean | null;
  /** `null` when no event had a value. */
  readonly value: ResultMean | null;
}

/** Whether visitors are split as they were to be: a chi-square test of goodness of fit. */
export interface SampleRatioResult {
  readonly chiSquare: number;
  /** Degrees of freedom; 0 when there is nothing to compare. */
  readonly degrees: number;
  /** How probable a difference at least this large is when the split works. */
  readonly pValue: number;
  readonly ok: boolean;
}

/** A time in which the experiment had one configuration. */
export interface ResultPeriod {
  /** The revision it began with, which names it. */
  readonly firstRevision: string;
  readonly startedAt: number;
  /** `null` while it lasts. */
  readonly endedAt: number | null;
}

/** Visitors of the period who are in no figure. */
export interface LeftOut {
  /** Seen in two variations, in this period or across it and an earlier one. */
  readonly crossover: number;
  /** Came in an earlier period and were given the same variation again. */
  readonly returning: number;
  /** Decided by a datafile that was never published here; whenever that was. */
  readonly foreign: number;
}

/** What the experiment can find. */
export interface ResultPower {
  /** The smallest lift it finds in 80 of 100 cases, with the visitors so far; `null` when even the largest is not. */
  readonly detectableLift: number | null;
  /** Visitors that a lift of 5 % takes in each variation; `null` when it cannot be told. */
  readonly visitorsNeeded: number | null;
  /** Days until then at the pace so far; `null` when it cannot be told. */
  readonly daysLeft: number | null;
}

export interface ExperimentResults {
  readonly ruleId: string;
  readonly ruleKey: string;
  readonly eventKey: string;
  readonly controlId: string;
  readonly period: ResultPeriod;
  /** Newest first. */
  readonly periods: readonly ResultPeriod[];
  readonly variations: readonly VariationResult[];
  readonly leftOut: LeftOut;
  /** Cumulative, oldest first, up to 60 moments; `at` in milliseconds since the epoch. */
  readonly series: readonly { readonly at: number; readonly variations: readonly VariationCounts[] }[];
  readonly sampleRatio: SampleRatioResult;
  readonly power: ResultPower;
  /** How far the simulation was when the figures were read. */
  readonly simulation: SimulationProgress | null;
}

/** Figures of the visitors who share a value of an attribute. */
export interface ResultSegment {
  /** `null`: the attribute was absent. */
  readonly value: string | null;
  readonly variations: readonly VariationCounts[];
}
