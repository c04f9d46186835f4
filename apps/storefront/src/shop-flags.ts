/** The flags of the shop, described once: keys, variations and variables are then checked. */

/** See the file. */
export interface ShopFlags {
  checkout: {
    variations: 'classic' | 'one_page' | 'express' | 'off';
    variables: {
      steps: number;
      express_pay: boolean;
      discount: number;
      button_label: string;
      layout: { columns: number };
    };
  };
  free_shipping: { variations: 'on' | 'off'; variables: { minimum: number } };
  recommendations: { variations: 'bestsellers' | 'personal' | 'off' };
  gift_wrap: { variations: 'offered' | 'off' };
  vip_banner: { variations: 'on' | 'off'; variables: { text: string } };
}

/** In the order in which the panel lists them. */
export const FLAG_KEYS: readonly (keyof ShopFlags)[] = [
  'checkout',
  'free_shipping',
  'recommendations',
  'gift_wrap',
  'vip_banner',
];

/** Served as long as there is no datafile: a shop sells without one. */
export const CHECKOUT_DEFAULTS: ShopFlags['checkout']['variables'] = {
  steps: 4,
  express_pay: false,
  discount: 0,
  button_label: 'Place order',
  layout: { columns: 1 },
};
