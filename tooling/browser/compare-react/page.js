/** Shows a page of the comparison, and counts what React does for it. */
import { createElement, Profiler } from 'react';
import { createRoot, hydrateRoot } from 'react-dom/client';
import { createRows, renders } from './rows.js';

/**
 * @param {() => string | null} useVariation
 * @param {(children: import('react').ReactNode) => import('react').ReactNode} provide
 */
export function showPage(useVariation, provide) {
  const counts = { commits: 0, renders, complaints: /** @type {string[]} */ ([]) };
  Object.assign(globalThis, { counts });
  const onRender = () => {
    counts.commits += 1;
  };
  const app = provide(createRows(useVariation));
  const tree = createElement(Profiler, { id: 'page', onRender }, app);
  const root = /** @type {HTMLElement} */ (document.getElementById('root'));
  const onRecoverableError = (/** @type {unknown} */ error) => void counts.complaints.push(String(error));
  if (root.firstElementChild) hydrateRoot(root, tree, { onRecoverableError });
  else createRoot(root).render(tree);
}
