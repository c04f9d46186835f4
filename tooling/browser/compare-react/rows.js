/** What both pages of the comparison show: two hundred components on one flag. */
import { createElement, memo } from 'react';

const ROWS = 200;
/** What a component shows that has no decision. */
const UNDECIDED = '-';
/** How often components were rendered, in this program. */
export const renders = { count: 0 };

/**
 * @param {() => string | null} useVariation The hook of a contestant.
 * @returns {import('react').ReactNode}
 */
export function createRows(useVariation) {
  const Row = memo(() => {
    renders.count += 1;
    return createElement('i', null, useVariation() ?? UNDECIDED);
  });
  return Array.from({ length: ROWS }, (_, index) => createElement(Row, { key: index }));
}
