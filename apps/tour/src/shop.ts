/** The sample shop: its datafile, the type of its flags, and a client for it. */
import { type Client, createClient, createStaticConfig } from 'sortition';
import datafile from './shop-datafile.json' with { type: 'json' };

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
}

export const SHOP_DATAFILE = datafile;

/** Creates a client that decides from the embedded datafile and reports to nobody. */
export function createShop(): Client<ShopFlags> {
  return createClient<ShopFlags>({ config: createStaticConfig({ datafile }), events: null });
}
