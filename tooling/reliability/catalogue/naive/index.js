/** Every naive part, and what one is. */
import { NAIVE_CLIENT } from './client.js';
import { NAIVE_CONFIG } from './config.js';
import { NAIVE_COOKIES } from './cookies.js';
import { NAIVE_CORE } from './core.js';
import { NAIVE_DATAFILE } from './datafile.js';
import { NAIVE_DELIVERY } from './delivery.js';
import { NAIVE_NETWORK } from './network.js';
import { NAIVE_PAGES } from './pages.js';
import { NAIVE_REDIS } from './redis.js';
import { NAIVE_SERVER } from './server.js';
import { NAIVE_SERVICES } from './services.js';
import { NAIVE_SUPPLY } from './supply.js';

/**
 * A part of the sources, written without the check or bound that its row is about.
 *
 * @typedef {object} NaivePart
 * @property {string} name
 * @property {readonly string[]} ids Rows of the catalogue: of each at least one test must fail.
 * @property {readonly import('@sortition/report/workspace-copy').Edit[]} edits
 * @property {readonly string[]} tests Files with tests of these rows; the quickest that will do.
 */

/** @type {readonly NaivePart[]} */
export const NAIVE_PARTS = [
  ...NAIVE_CONFIG,
  ...NAIVE_DATAFILE,
  ...NAIVE_CORE,
  ...NAIVE_CLIENT,
  ...NAIVE_COOKIES,
  ...NAIVE_SERVICES,
  ...NAIVE_DELIVERY,
  ...NAIVE_NETWORK,
  ...NAIVE_PAGES,
  ...NAIVE_REDIS,
  ...NAIVE_SERVER,
  ...NAIVE_SUPPLY,
];
