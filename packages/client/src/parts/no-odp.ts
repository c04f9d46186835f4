/** The problem of a client that needs the customer-data platform and does not have the part. */
import type { Problems } from '../problem-reporter.ts';

/** @param consequence The effect of the missing part, as the beginning of a sentence. */
export function reportNoOdp(problems: Problems, consequence: string): void {
  const message = `${consequence}: the client has no "odp" part. Pass "odp: createOdp()" from @sortition/odp to createClient.`;
  problems.report({ code: 'no-odp', part: 'odp', message });
}
