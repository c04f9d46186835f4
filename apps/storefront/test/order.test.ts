import { describe, expect, it } from 'vitest';
import { formatCart, linesOf, parseCart, withQuantity } from '../src/cart.ts';
import { orderTerms } from '../src/order-terms.ts';
import { computeTotal, formatPrice } from '../src/order-total.ts';
import { orderProducts, PRODUCTS } from '../src/products.ts';

const TWO_MUGS = [{ priceCents: 2400, quantity: 2 }];

describe('a total', () => {
  it('adds shipping below the limit, and none from the limit on', () => {
    expect(computeTotal(TWO_MUGS, { discount: 0, freeShippingFrom: 4801 }).totalCents).toBe(4800 + 490);
    expect(computeTotal(TWO_MUGS, { discount: 0, freeShippingFrom: 4800 }).totalCents).toBe(4800);
    expect(computeTotal(TWO_MUGS, { discount: 0, freeShippingFrom: null }).totalCents).toBe(4800 + 490);
  });

  it('takes the discount off the products alone, in whole cents', () => {
    const total = computeTotal([{ priceCents: 999, quantity: 1 }], { discount: 0.05, freeShippingFrom: null });
    expect(total).toEqual({ productsCents: 999, discountCents: 50, shippingCents: 490, totalCents: 1439 });
  });

  it.each([-1, 2])('is no number below zero, whatever discount a datafile says: %s', (discount) => {
    const { totalCents } = computeTotal(TWO_MUGS, { discount, freeShippingFrom: 0 });
    expect(totalCents).toBeGreaterThanOrEqual(0);
    expect(totalCents).toBeLessThanOrEqual(4800);
  });

  it('is nothing for an empty cart', () => {
    expect(computeTotal([], { discount: 0.1, freeShippingFrom: null }).totalCents).toBe(0);
  });

  it('is shown with two digits', () => {
    expect([0, 5, 4800, 123456].map(formatPrice)).toEqual(['€ 0.00', '€ 0.05', '€ 48.00', '€ 1234.56']);
  });
});

describe('the terms', () => {
  const decide = (flags: Record<string, { enabled: boolean; variables: object }>) => (flagKey: string) =>
    flags[flagKey] ?? { enabled: false, variables: {} };

  it('come from the decisions', () => {
    const flags = {
      checkout: { enabled: true, variables: { discount: 0.05 } },
      free_shipping: { enabled: true, variables: { minimum: 49.5 } },
    };
    expect(orderTerms(decide(flags))).toEqual({ discount: 0.05, freeShippingFrom: 4950 });
    expect(orderTerms(decide({ ...flags, vip_banner: { enabled: true, variables: {} } })).freeShippingFrom).toBe(0);
  });

  it('are the usual ones without decisions, and with variables that are none', () => {
    expect(orderTerms(decide({}))).toEqual({ discount: 0, freeShippingFrom: null });
    const broken = { free_shipping: { enabled: true, variables: { minimum: 'much' } } };
    expect(orderTerms(decide(broken)).freeShippingFrom).toBeNull();
  });
});

describe('the cart', () => {
  it('comes back as it was kept', () => {
    const cart = withQuantity(withQuantity(new Map(), 'mug', 2), 'vase', 1);
    expect(formatCart(cart)).toBe('mug.2_vase.1');
    expect(parseCart(formatCart(cart))).toEqual(cart);
  });

  it('takes a product out at 0 and stops at 9', () => {
    expect(withQuantity(new Map([['mug', 1]]), 'mug', 0).size).toBe(0);
    expect(withQuantity(new Map(), 'mug', 99).get('mug')).toBe(9);
  });

  it.each([undefined, '', 'nonsense', 'mug', 'mug.0', 'mug.10', 'constructor.1', '__proto__.2', 'mug.1;x', '<b>.1'])(
    'leaves out what is none: %s',
    (text) => {
      expect(linesOf(parseCart(text))).toEqual([]);
    },
  );
});

describe('the order of products', () => {
  it('is by what sells, or first what goes with the cart', () => {
    expect(orderProducts('bestsellers', new Set(['jug'])).map(({ id }) => id)[0]).toBe('mug');
    const personal = orderProducts('personal', new Set(['jug'])).map(({ id }) => id);
    expect(personal.slice(0, 2)).toEqual(['plate', 'bowl']);
    expect(personal).toHaveLength(PRODUCTS.length);
    expect(orderProducts('personal', new Set()).map(({ id }) => id)).toEqual(
      orderProducts('bestsellers', new Set()).map(({ id }) => id),
    );
  });
});
