/** The cart, kept in a cookie: product ids with quantities. Whatever else a visitor writes into it is left out. */
import type { OrderLine } from './order-total.ts';
import { PRODUCT_BY_ID, type Product } from './products.ts';

/** Product id to quantity, 1 to 9. */
export type Cart = ReadonlyMap<string, number>;

/** A line of the cart as a page shows it. */
export interface CartLine extends OrderLine {
  readonly product: Product;
}

const MAX_QUANTITY = 9;

/** Reads `mug.2_vase.1`. Never throws. */
export function parseCart(text: string | undefined): Cart {
  const entries = [...(text ?? '').matchAll(/(?:^|_)([a-z]{1,20})\.([1-9])(?=_|$)/g)].map(
    ([, id = '', quantity = '']) => [id, Number(quantity)] as const,
  );
  return new Map(entries.filter(([id]) => PRODUCT_BY_ID.has(id)));
}

/** Writes what `parseCart` reads; `''` for an empty cart. */
export function formatCart(cart: Cart): string {
  return [...cart].map(([id, quantity]) => `${id}.${quantity}`).join('_');
}

/** Returns the cart with another quantity of a product; 0 takes it out, more than 9 is 9. */
export function withQuantity(cart: Cart, productId: string, quantity: number): Cart {
  const changed = new Map(cart);
  if (quantity <= 0) changed.delete(productId);
  else changed.set(productId, Math.min(quantity, MAX_QUANTITY));
  return changed;
}

/** Lines in the order of the cart. */
export function linesOf(cart: Cart): readonly CartLine[] {
  return [...cart].flatMap(([id, quantity]) => {
    const product = PRODUCT_BY_ID.get(id);
    return product ? [{ product, priceCents: product.priceCents, quantity }] : [];
  });
}
