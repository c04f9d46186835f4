/** The lab: the services with the sample shop, the page and what the page asks. */
import { createLabServer, type LabServer, type LabServices } from '@sortition/lab-server';
import { createShopDatafile } from '@sortition/lab-server/shop-datafile';
import { createClient } from 'sortition';
import { addApi } from './api-guards.ts';
import { addCatalogRoutes } from './catalog-routes.ts';
import type { DatafileDocument } from './datafile-document.ts';
import { addPageRoutes } from './page-routes.ts';
import { createPredict } from './predictions.ts';
import { createPublishedConfig } from './published-config.ts';
import { createVardataDecide } from './remote-variants.ts';
import { addSegmentRoutes } from './segment-routes.ts';
import { createShopCatalog, LAB_KEY, type ShopCatalog } from './shop-catalog.ts';

/** Settings of a lab. */
export interface LabOptions {
  /** 0 picks a free port. */
  readonly port: number;
  /** Where the built page is. */
  readonly pageFolder: string;
}

/** A running lab. */
export interface Lab {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly url: string;
  readonly server: LabServer;
  /** Ends every connection and frees the port. Idempotent. */
  close(): Promise<void>;
}

/** Starts a lab and resolves once it serves the sample shop. Rejects when the port is taken. */
export async function startLab({ port, pageFolder }: LabOptions): Promise<Lab> {
  let shop: ShopCatalog | undefined;
  // Routes are added before the port is known, and the datafile names the port.
  const catalog = (): ShopCatalog => {
    if (shop === undefined) throw new Error('the lab is still starting');
    return shop;
  };
  const addRoutes = (app: Parameters<typeof addPageRoutes>[0], { odp }: LabServices): void => {
    addApi(app, [(api) => addCatalogRoutes(api, catalog), (api) => addSegmentRoutes(api, odp)]);
    addPageRoutes(app, pageFolder);
  };
  const server = await createLabServer({
    port,
    vardata: { deploymentKeys: [LAB_KEY] },
    predict: createPredict(() => catalog().current()),
    extend: addRoutes,
  });
  shop = createShopCatalog(server.datafiles, createShopDatafile(server.url) as unknown as DatafileDocument);
  const client = createClient({ config: createPublishedConfig(server.datafiles, LAB_KEY), events: null });
  server.vardata.setDecide(createVardataDecide(client, server.odp));
  return {
    url: server.url,
    server,
    close: async () => {
      await client.close();
      await server.close();
    },
  };
}
