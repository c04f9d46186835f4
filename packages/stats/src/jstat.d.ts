/** The part of jstat that is used; it comes without types. */
declare module 'jstat' {
  interface Distribution<Parameters extends readonly number[]> {
    /** The probability of a value up to `x`. */
    cdf(x: number, ...parameters: Parameters): number;
    /** The value below which a draw lies with probability `p`. */
    inv(p: number, ...parameters: Parameters): number;
  }
  interface Statistics {
    /** By degrees of freedom. */
    readonly chisquare: Distribution<[degrees: number]>;
    readonly normal: Distribution<[mean: number, deviation: number]>;
    /** By degrees of freedom, which need not be whole. */
    readonly studentt: Distribution<[degrees: number]>;
  }
  const jStat: Statistics;
  export default jStat;
}
