/** The banner of valued customers, whom the platform names by a segment. */
import type { Visit } from '../visit.ts';

/** Shows the flag; returns the banner's text, or `null` for everybody else. */
export function vipText(visit: Visit): string | null {
  const { enabled, variables } = visit.show('vip_banner');
  return enabled ? variables.text : null;
}
