/** Sending events to the customer-data platform. */
import { clientOf } from '../client-internals.ts';
import type { OdpEventInput } from '../part.ts';
import { reportNoOdp } from '../parts/no-odp.ts';

/**
 * Sends an event to the customer-data platform; an event that cannot be sent is reported as a problem. Needs the part
 * `platform`.
 *
 * @throws SdkError `invalid-option` when `client` is not a client
 */
export function sendOdpEvent(client: object, event: OdpEventInput): void {
  const { problems, steps } = clientOf(client);
  if (steps.platform) steps.platform.sendEvent(event);
  else reportNoOdp(problems, 'The ODP event was not sent');
}
