/** The table: one row for each environment, in the order in which they run. */
import { bundlerRows } from './bundlers.js';
import { decisionServerRows } from './decision-server.js';
import { jestRows } from './jest.js';
import { nextRows } from './next.js';
import { nodeRows } from './node.js';
import { otherRows } from './others.js';
import { reactNativeRows } from './react-native.js';
import { typescriptRows } from './typescript.js';
import { workerdRows } from './workerd.js';

/**
 * @typedef {object} RowContext
 * @property {import('../environment.js').Environment} environment
 * @property {import('../services.js').Services} services
 * @property {string} name
 * @property {(key: string, dependencies: Readonly<Record<string, string>>) => Promise<import('../environment.js').Environment>} install
 *   An environment beside this one, without our packages: for a program that runs it.
 * @property {(start: (settings: JobSettings) => Promise<string>) => Promise<void>} doJob
 *
 * @typedef {{ base: string, userId: string, datafile: string }} JobSettings
 *
 * @typedef {object} Row
 * @property {string} name
 * @property {string} does What is done, for the table.
 * @property {boolean} [fast] Part of CI.
 * @property {Readonly<Record<string, string>>} dependencies
 * @property {string} [environment] Folder shared with other rows that install the same.
 * @property {boolean} [withoutOurs] Our packages are not installed.
 * @property {(context: RowContext) => Promise<void>} run Rejects when something does not work.
 */

/** @returns {Row[]} */
export function listRows() {
  return [
    ...nodeRows,
    ...jestRows,
    ...workerdRows,
    ...otherRows,
    ...decisionServerRows,
    ...bundlerRows,
    ...nextRows,
    ...reactNativeRows,
    ...typescriptRows,
  ];
}
