/** Accessibility as axe sees it. */
import axe from 'axe-core';

/**
 * Returns the serious and critical violations of a page, one line each with the elements they are about.
 *
 * @param {import('playwright-core').Page} page
 * @returns {Promise<string[]>}
 */
export async function findViolations(page) {
  // Evaluated by the debugger, so that the page's own policy on scripts stays as it is.
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => {
    const { axe } = /** @type {{ axe: typeof import('axe-core') }} */ (/** @type {unknown} */ (globalThis));
    return axe.run(document, { resultTypes: ['violations'] });
  });
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, help, nodes }) =>
        `${id}: ${help}: ${nodes.map(({ html, any }) => `${html} ${any[0]?.message ?? ''}`).join(' | ')}`,
    );
}
