/** How the flags of a visitor change what they pay: read from decisions on the server, from its snapshot on the page. */
import type { OrderTerms } from './order-total.ts';

/** Answers a decision. */
export type DecideTerms = (flagKey: 'checkout' | 'free_shipping' | 'vip_banner') => {
  readonly enabled: boolean;
  readonly variables: object;
};

/** Reads the terms; a variable that is missing, as before there is a datafile, changes nothing. */
export function orderTerms(decide: DecideTerms): OrderTerms {
  const shipping = decide('free_shipping');
  const minimum = shipping.enabled ? readNumber(shipping.variables, 'minimum') : null;
  const minimumCents = minimum === null ? null : Math.round(minimum * 100);
  return {
    discount: readNumber(decide('checkout').variables, 'discount') ?? 0,
    freeShippingFrom: decide('vip_banner').enabled ? 0 : minimumCents,
  };
}

function readNumber(variables: object, key: string): number | null {
  const value: unknown = Reflect.get(variables, key);
  return typeof value === 'number' ? value : null;
}
