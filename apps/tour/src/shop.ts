/** The sample shop: the type of its flags, and a client for it with services to talk to. */
import { createLabServer, type LabServer } from '@sortition/emulator';
import { createShopDatafile } from '@sortition/emulator/shop-datafile';
import { createOdp } from '@sortition/odp';
import { type Client, createBatchEvents, createClient, createPollingConfig } from 'sortition';

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

/** A shop that is open: its client, and the services it talks to. */
export interface OpenShop {
  readonly client: Client<ShopFlags>;
  readonly lab: LabServer;
  /** Delivers what is still to be delivered, then ends the services. */
  close(): Promise<void>;
}

/** Starts the services on a free port of this machine and a client that knows them by their addresses only. */
export async function openShop(): Promise<OpenShop> {
  const lab = await createLabServer();
  lab.datafiles.publish('lab', createShopDatafile(lab.url));
  const client = createClient<ShopFlags>({
    config: createPollingConfig({ sdkKey: 'lab', urlTemplate: `${lab.url}/datafiles/%s.json` }),
    events: createBatchEvents({ endpoint: `${lab.url}/v1/events`, batchSize: 100 }),
    odp: createOdp({ allowedHosts: ['127.0.0.1'] }),
  });
  return {
    client,
    lab,
    async close() {
      await client.close();
      await lab.close();
    },
  };
}
