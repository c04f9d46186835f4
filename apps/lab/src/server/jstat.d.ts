/** The part of jstat that is used; it comes without types. */
declare module 'jstat' {
  interface Statistics {
    readonly chisquare: {
      /** The share of a chi-square distribution with `degrees` degrees of freedom that lies below `x`. */
      cdf(x: number, degrees: number): number;
    };
  }
  const jStat: Statistics;
  export default jStat;
}
