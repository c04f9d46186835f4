/** Figures and times as people read them. One locale, so that a page reads the same everywhere. */

const LOCALE = 'en-GB';
const NUMBER = new Intl.NumberFormat(LOCALE);
const TIME = new Intl.DateTimeFormat(LOCALE, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const DATE = new Intl.DateTimeFormat(LOCALE, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
const MONEY = new Intl.NumberFormat(LOCALE, { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** Keeps a figure and its sign on one line. */
const PERCENT_SIGN = '\u00a0%';

export function formatCount(count: number): string {
  return NUMBER.format(count);
}

/** `0.0412` as `4.1 %`; as many decimals as tell figures apart. */
export function formatRate(rate: number, decimals = 1): string {
  return `${(rate * 100).toFixed(decimals)}${PERCENT_SIGN}`;
}

/** Buckets as percent of the traffic, without decimals that say nothing: `50 %`, `12.5 %`. */
export function formatBuckets(buckets: number): string {
  return `${Number((buckets / 100).toFixed(2))}${PERCENT_SIGN}`;
}

/** Time of day. */
export function formatTime(ms: number): string {
  return TIME.format(ms);
}

/** Day and time of day. */
export function formatDate(ms: number): string {
  return DATE.format(ms);
}

/** Cents as an amount. */
export function formatMoney(cents: number): string {
  return MONEY.format(cents / 100);
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
