/// <reference path="./jstat.d.ts" />
/** Quantiles and tails of the distributions that the methods use. */
import jStat from 'jstat';

/** The value that a standard normal draw stays below with probability `p`. */
export function normalQuantile(p: number): number {
  return jStat.normal.inv(p, 0, 1);
}

/** The probability that a standard normal draw is at least as far from 0 as `z`. */
export function normalTwoSided(z: number): number {
  return Math.min(1, 2 * jStat.normal.cdf(-Math.abs(z), 0, 1));
}

/** The value that a draw of Student's t stays below with probability `p`. */
export function studentQuantile(p: number, degrees: number): number {
  return jStat.studentt.inv(p, degrees);
}

/** The probability that a draw of Student's t is at least as far from 0 as `t`. */
export function studentTwoSided(t: number, degrees: number): number {
  return Math.min(1, 2 * jStat.studentt.cdf(-Math.abs(t), degrees));
}

/** The probability that a chi-square draw is at least `x`. */
export function chiSquareAbove(x: number, degrees: number): number {
  return Math.min(1, Math.max(0, 1 - jStat.chisquare.cdf(x, degrees)));
}
