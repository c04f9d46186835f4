/** The flags of the shop, described once. */

/** See the file. */
export interface ShopFlags {
  checkout: {
    variations: 'classic' | 'one_page' | 'express' | 'off';
    variables: { steps: number; express_pay: boolean; discount: number; button_label: string };
  };
  free_shipping: { variations: 'on' | 'off'; variables: { minimum: number } };
  recommendations: { variations: 'bestsellers' | 'personal' | 'off' };
  vip_banner: { variations: 'on' | 'off'; variables: { text: string } };
}
