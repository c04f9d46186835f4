/** What is asked of the results of an experiment. */
import type { ShopRule } from '@sortition/emulator/shop-datafile';

/** What to look at. */
export interface ResultQuestion {
  readonly rule: ShopRule;
  readonly eventKey: string;
  /** The first revision of a period; the one that lasts unless given. */
  readonly period?: string | undefined;
  /** The variation others are compared with; the first one unless given. */
  readonly controlId?: string | undefined;
}
