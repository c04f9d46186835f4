/**
 * What a page with decisions says about itself: what is on the screen, what React took over, what changed after it was painted, and
 * what moved. Elements that show a decision carry `data-flag` and `data-variation`.
 */

/**
 * @typedef {object} Seen
 * @property {string[]} flags `flag variation` of what is on the screen.
 * @property {string[]} changes Decided content that changed after it was painted.
 * @property {number} shift Cumulative layout shift.
 * @property {string[]} moved What shifted, and from where to where.
 *
 * @typedef {object} Watched What the page keeps of itself.
 * @property {string[]} changes
 * @property {number} shift
 * @property {string[]} moved
 * @property {WeakSet<Element>} hydrated What React has taken over, once its effects have run.
 * @property {WeakSet<Element>} painted What was painted whole.
 * @property {object} __REACT_DEVTOOLS_GLOBAL_HOOK__
 *
 * @typedef {PerformanceEntry & { value: number, hadRecentInput: boolean, sources: ShiftSource[] }} Shift
 * @typedef {{ node: Node | null, previousRect: DOMRectReadOnly, currentRect: DOMRectReadOnly }} ShiftSource
 */

/**
 * Has a page watch itself from its next navigation on.
 *
 * @param {import('playwright-core').Page} page
 */
export async function watchDecidedContent(page) {
  await page.addInitScript(watch);
}

/**
 * Waits until React has taken over everything that shows a decision, also what streamed in late, and all of it has been painted.
 *
 * @param {import('playwright-core').Page} page
 * @param {readonly string[]} complaints of the page, for the message
 */
export async function whenHydrated(page, complaints) {
  const isDone = () => {
    const { hydrated, painted } = /** @type {Watched} */ (/** @type {unknown} */ (globalThis));
    return [...document.querySelectorAll('[data-flag]')].every(
      (element) => hydrated.has(element) && painted.has(element),
    );
  };
  await page.waitForFunction(isDone).catch(async (error) => {
    const state = `${complaints.join('; ')}\n${await page.evaluate(describe)}`;
    throw new Error(`${page.url()} was not hydrated in time: ${state}`, { cause: error });
  });
}

/** Runs in the page. */
function describe() {
  const { hydrated, painted } = /** @type {Watched} */ (/** @type {unknown} */ (globalThis));
  const elements = [...document.querySelectorAll('[data-flag]')].map((element) => {
    const has = { hydrated: hydrated.has(element), painted: painted.has(element) };
    return { html: element.outerHTML.slice(0, 80), ...has };
  });
  const loads = performance.getEntriesByType('resource').map((entry) => {
    const { name, duration, responseStatus } = /** @type {PerformanceResourceTiming} */ (entry);
    return `${responseStatus} ${Math.round(duration)} ms ${name}`;
  });
  return JSON.stringify({ state: document.readyState, elements, loads }, null, 1);
}

/**
 * @param {import('playwright-core').Page} page
 * @returns {Promise<Seen>}
 */
export function readDecidedContent(page) {
  return page.evaluate(() => {
    const { changes, shift, moved } = /** @type {Watched} */ (/** @type {unknown} */ (globalThis));
    const elements = /** @type {HTMLElement[]} */ ([...document.querySelectorAll('[data-flag]')]);
    const flags = elements
      .filter(({ offsetParent }) => offsetParent !== null)
      .map(({ dataset }) => `${dataset.flag} ${dataset.variation}`);
    return { flags, changes, shift, moved };
  });
}

/** Runs in the page before its scripts. Kept free of names of this file. */
function watch() {
  const page = /** @type {Watched} */ (/** @type {unknown} */ (globalThis));
  page.changes = [];
  page.shift = 0;
  page.moved = [];
  page.hydrated = new WeakSet();
  page.painted = new WeakSet();
  // React tells development tools of each commit once its effects have run. What it hydrated has its mark by then.
  page.__REACT_DEVTOOLS_GLOBAL_HOOK__ = {
    supportsFiber: true,
    inject: () => 1,
    onCommitFiberRoot: () => undefined,
    onCommitFiberUnmount: () => undefined,
    onPostCommitFiberRoot: () => {
      for (const element of document.querySelectorAll('[data-flag]')) {
        if (Object.keys(element).some((key) => key.startsWith('__reactFiber'))) page.hydrated.add(element);
      }
    },
  };
  // A page comes in pieces, and is painted in between: what the server still has to say about an element is no change of it.
  const hasArrived = (/** @type {Element} */ element) => {
    if (document.readyState !== 'loading') return true;
    for (let node = /** @type {Node | null} */ (element); node; node = node.parentNode) {
      if (node.nextSibling) return true;
    }
    return false;
  };
  const noteNextPaint = () => {
    const arrived = [...document.querySelectorAll('[data-flag]')].filter(hasArrived);
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        for (const element of arrived) page.painted.add(element);
      }),
    );
  };
  new MutationObserver((records) => {
    for (const { target } of records) {
      const element = target instanceof Element ? target : target.parentElement;
      const decided = element?.closest('[data-flag]');
      if (decided && page.painted.has(decided)) page.changes.push(decided.outerHTML);
    }
    noteNextPaint();
  }).observe(document, { subtree: true, childList: true, characterData: true, attributeFilter: ['data-variation'] });
  document.addEventListener('DOMContentLoaded', noteNextPaint);
  new PerformanceObserver((list) => {
    for (const entry of /** @type {Shift[]} */ (list.getEntries())) {
      if (entry.hadRecentInput) continue;
      page.shift += entry.value;
      for (const { node, previousRect, currentRect } of entry.sources) {
        const what = node instanceof Element ? node.outerHTML.slice(0, 200) : (node?.textContent ?? 'something');
        page.moved.push(`${what}: ${JSON.stringify([previousRect, currentRect])}`);
      }
    }
  }).observe({ type: 'layout-shift', buffered: true });
}
