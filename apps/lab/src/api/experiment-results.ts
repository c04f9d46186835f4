/** What came of an experiment, as `GET /api/results/:ruleId` answers it. */

/** A variation's visitors so far, and its conversion rate with its Wilson interval at 95 %, 0 to 1. */
export interface VariationCounts {
  readonly variationId: string;
  readonly visitors: number;
  readonly conversions: number;
  readonly rate: number;
  readonly low: number;
  readonly high: number;
}

/** The same with what the datafile says now. */
export interface VariationResult extends VariationCounts {
  readonly variationKey: string;
  /** Of the traffic that is allocated at all, 0 to 1. */
  readonly configuredShare: number;
}

/** Whether visitors are split as they were to be: a chi-square test of goodness of fit. */
export interface SampleRatio {
  readonly chiSquare: number;
  /** Degrees of freedom; 0 when there is nothing to compare. */
  readonly degrees: number;
  /** How probable a difference at least this large is when the split works. */
  readonly pValue: number;
  readonly ok: boolean;
}

export interface ExperimentResults {
  readonly ruleId: string;
  readonly ruleKey: string;
  readonly eventKey: string;
  readonly variations: readonly VariationResult[];
  /** Cumulative, oldest first, up to 60 moments; `at` in milliseconds since the epoch. */
  readonly series: readonly { readonly at: number; readonly variations: readonly VariationCounts[] }[];
  readonly sampleRatio: SampleRatio;
}
