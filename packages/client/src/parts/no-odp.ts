/** What is said where a client would need the customer-data platform and was not given it. */
import type { Problems } from '../problem-reporter.ts';

/** @param consequence What a missing part costs, as the beginning of a sentence. */
export function reportNoOdp(problems: Problems, consequence: string): void {
  const message = `${consequence}: the client has no "odp" part. Pass "odp: createOdp()" from @sortition/odp to createClient.`;
  problems.report({ code: 'no-odp', part: 'odp', message });
}
