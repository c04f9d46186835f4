/** Caches nothing: a page writes few events, so a smaller bundle is worth more than cached texts. */
import type * as main from '../remember.ts';

/** The same as in the main entry. */
export const rememberByConfig: typeof main.rememberByConfig = (make) => make;

/** The same as in the main entry. */
export const rememberByKey: typeof main.rememberByKey = (make) => make;

/** The same as in the main entry. */
export const rememberLast: typeof main.rememberLast = (make) => make;

/** The same as in the main entry. */
export const rememberByDecision: typeof main.rememberByDecision = (write) => write;
