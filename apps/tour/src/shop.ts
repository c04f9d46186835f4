/** The sample shop: the type of its flags, and a client for it. */
import { SHOP_DATAFILE } from '@sortition/lab-server/shop-datafile';
import { type Client, createClient, createStaticConfig } from 'sortition';

/** The flags of the shop, as an application would describe them. */
export interface ShopFlags {
  checkout: {
    variations: 'classic' | 'one_page' | 'express';
    variables: {
      steps: number;
      express_pay: boolean;
      discount: number;
      button_label: string;
      layout: { columns: number; order?: string[] };
    };
  };
  free_shipping: { variations: 'on' | 'off'; variables: { minimum: number } };
  recommendations: { variations: 'bestsellers' | 'personal' };
  search_ranking: { variations: 'keywords' | 'semantic' };
  gift_wrap: { variations: 'offered' };
  vip_banner: { variations: 'on'; variables: { text: string } };
  promotion: { variations: 'voucher' | 'free_gift' };
}

/** Creates a client that decides from the embedded datafile and reports to nobody. */
export function createShop(): Client<ShopFlags> {
  return createClient<ShopFlags>({ config: createStaticConfig({ datafile: SHOP_DATAFILE }), events: null });
}
