/** What an order costs. Used by the server and, while quantities are changed, by the page. */

/** One product in the cart. */
export interface OrderLine {
  readonly priceCents: number;
  readonly quantity: number;
}

/** How flags change the price. */
export interface OrderTerms {
  /** 0 to 1, of the products. */
  readonly discount: number;
  /** Cents from which shipping is free; `null`: never. */
  readonly freeShippingFrom: number | null;
}

/** All in cents. */
export interface OrderTotal {
  readonly productsCents: number;
  readonly discountCents: number;
  readonly shippingCents: number;
  readonly totalCents: number;
}

const SHIPPING_CENTS = 490;

/** Adds the lines up. An empty cart costs nothing. */
export function computeTotal(lines: readonly OrderLine[], { discount, freeShippingFrom }: OrderTerms): OrderTotal {
  const productsCents = lines.reduce((sum, { priceCents, quantity }) => sum + priceCents * quantity, 0);
  const discountCents = Math.round(productsCents * Math.min(Math.max(discount, 0), 1));
  const isFree = productsCents === 0 || (freeShippingFrom !== null && productsCents >= freeShippingFrom);
  const shippingCents = isFree ? 0 : SHIPPING_CENTS;
  return { productsCents, discountCents, shippingCents, totalCents: productsCents - discountCents + shippingCents };
}

/** Cents as a price. */
export function formatPrice(cents: number): string {
  return `€ ${(cents / 100).toFixed(2)}`;
}
