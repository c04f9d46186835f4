/** Remote evaluation: the flags of the datafile, decided on this side of the wire by the same client. */
import type { DecideVardata, OdpEmulator, VardataRequest, WireVariant } from '@sortition/emulator';
import { type Attributes, type Client, DecideOption, type Decision } from 'sortition';

/** Decides every flag for whoever asks. Nothing is recorded: the service that is stood in for tracks by itself. */
export function createVardataDecide(client: Client, odp: OdpEmulator): DecideVardata {
  return async ({ user }) => {
    const userId = idOf(user.user_id) ?? idOf(user.device_id) ?? 'anonymous';
    const context = client.createUserContext(userId, readAttributes(user));
    context.qualifiedSegments = odp.segments(userId);
    const decisions = await context.decideAllAsync([DecideOption.DISABLE_DECISION_EVENT]);
    const variants = Object.entries(decisions).map(([flagKey, decision]) => [flagKey, toVariant(decision)]);
    return Object.fromEntries(variants) as Record<string, WireVariant>;
  };
}

/** A flag without a variation is what the service calls the default: `off`. */
function toVariant(decision: Decision | undefined): WireVariant {
  const { variationKey = null, ruleKey = null, variables = {} } = decision ?? {};
  if (variationKey === null) return { key: 'off', metadata: { default: true, deployed: true } };
  return {
    key: variationKey,
    value: variationKey,
    payload: variables,
    metadata: { deployed: true, ...(ruleKey !== null && { experimentKey: ruleKey }) },
  };
}

/** `user_properties` are the attributes; anything but a primitive is no attribute. */
function readAttributes({ user_properties: properties }: VardataRequest['user']): Attributes {
  if (typeof properties !== 'object' || properties === null) return {};
  const isPrimitive = (value: unknown) => ['string', 'number', 'boolean'].includes(typeof value);
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => isPrimitive(value)));
}

/** The text "undefined" is what scripts write where they have no id; a client refuses it. */
function idOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value !== 'undefined' ? value : undefined;
}
