/** A page whose complaints are kept: errors and warnings of its console, uncaught exceptions. */

/**
 * @typedef {object} WatchedPage
 * @property {import('playwright-core').Page} page
 * @property {string[]} complaints
 */

/**
 * Opens a page.
 *
 * @param {import('playwright-core').BrowserContext} context
 * @returns {Promise<WatchedPage>}
 */
export async function openPage(context) {
  const page = await context.newPage();
  /** @type {string[]} */
  const complaints = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`exception: ${error.message}`));
  return { page, complaints };
}
