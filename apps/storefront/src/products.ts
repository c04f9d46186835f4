/** What the shop sells. */

/** A product. */
export interface Product {
  readonly id: string;
  readonly name: string;
  readonly note: string;
  readonly priceCents: number;
  /** Products that are bought together. */
  readonly collection: 'morning' | 'table' | 'shelf';
  /** Pieces sold last month. */
  readonly sold: number;
}

export const PRODUCTS: readonly Product[] = [
  {
    id: 'mug',
    name: 'Harbour mug',
    note: 'Stoneware, 0.3 l, a thumb rest',
    priceCents: 2400,
    collection: 'morning',
    sold: 412,
  },
  {
    id: 'teapot',
    name: 'Dune teapot',
    note: 'Pours without a drip, 0.9 l',
    priceCents: 7900,
    collection: 'morning',
    sold: 96,
  },
  {
    id: 'bowl',
    name: 'Tide bowl',
    note: 'For soup, noodles and salads',
    priceCents: 3200,
    collection: 'table',
    sold: 274,
  },
  { id: 'plate', name: 'Shore plate', note: 'A wide rim, 27 cm', priceCents: 2900, collection: 'table', sold: 358 },
  {
    id: 'jug',
    name: 'Gull jug',
    note: 'Water, milk, or wild flowers',
    priceCents: 4600,
    collection: 'table',
    sold: 121,
  },
  {
    id: 'vase',
    name: 'Reed vase',
    note: 'Slender, for a single stem',
    priceCents: 5400,
    collection: 'shelf',
    sold: 187,
  },
];

/** Product id to product. */
export const PRODUCT_BY_ID: ReadonlyMap<string, Product> = new Map(PRODUCTS.map((product) => [product.id, product]));

/** Products in the order to show them: what sells best, or first what goes with what is in the cart. */
export function orderProducts(order: 'bestsellers' | 'personal', inCart: ReadonlySet<string>): readonly Product[] {
  const collections = new Set([...inCart].map((id) => PRODUCT_BY_ID.get(id)?.collection));
  const rank = ({ id, collection, sold }: Product): number =>
    sold + (order === 'personal' && collections.has(collection) && !inCart.has(id) ? 10_000 : 0);
  return [...PRODUCTS].sort((left, right) => rank(right) - rank(left));
}
