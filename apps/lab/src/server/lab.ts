/** The lab: the services with the sample shop, the page and what the page asks. */
import { createCmabSource } from '@sortition/cmab';
import { createLabServer, type LabServer } from '@sortition/emulator';
import { createShopDatafile } from '@sortition/emulator/shop-datafile';
import { createClient } from 'sortition';
import { addApi } from './api-guards.ts';
import { addCatalogRoutes } from './catalog-routes.ts';
import { createConfigurationStore } from './configuration-store.ts';
import { createDuckdbEventStore } from './duckdb-event-store.ts';
import { openEventDatabase } from './event-database.ts';
import { addEventRoutes } from './event-routes.ts';
import { addHistoryRoutes } from './history-routes.ts';
import type { LabParts } from './lab-parts.ts';
import { createLabSettings } from './lab-settings.ts';
import { addPageRoutes } from './page-routes.ts';
import { createPredict } from './predictions.ts';
import { createPublishedConfig } from './published-config.ts';
import { addRecentUserRoutes } from './recent-users.ts';
import { createVardataDecide } from './remote-variants.ts';
import { addResultRoutes } from './results/result-routes.ts';
import { createPeriodRecorder } from './rule-periods.ts';
import { addSegmentRoutes } from './segment-routes.ts';
import { createShopCatalog, LAB_KEY } from './shop-catalog.ts';
import { addSimulationRoutes } from './simulation-routes.ts';
import { createSimulations } from './simulations.ts';
import { addTransferRoutes } from './transfer-routes.ts';

/** Settings of a lab. */
export interface LabOptions {
  /** 0 picks a free port. */
  readonly port: number;
  /** Where events are kept; made when it is missing. */
  readonly dataFolder: string;
  /** Where the built page is. */
  readonly pageFolder: string;
}

/** A running lab. */
export interface Lab {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly url: string;
  readonly server: LabServer;
  /** Ends every connection, frees the port and writes what is not yet in the file. Idempotent. */
  close(): Promise<void>;
}

/** Starts a lab and resolves once it serves the sample shop. Rejects when its port or its data folder is taken. */
export async function startLab({ port, dataFolder, pageFolder }: LabOptions): Promise<Lab> {
  let announce: (parts: LabParts) => void = () => undefined;
  // Routes are added before the port is known, and the datafile names the port.
  const parts = new Promise<LabParts>((resolve) => {
    announce = resolve;
  });
  const server = await createLabServer({
    port,
    vardata: { deploymentKeys: [LAB_KEY] },
    eventStore: { append: async (batch) => (await parts).events.append(batch) },
    extend(app, { odp }) {
      addApi(app, [
        (api) => addCatalogRoutes(api, parts),
        (api) => addEventRoutes(api, parts),
        (api) => addResultRoutes(api, parts),
        (api) => addSimulationRoutes(api, parts),
        (api) => addHistoryRoutes(api, parts),
        (api) => addTransferRoutes(api, parts),
        (api) => addRecentUserRoutes(api, parts),
        (api) => addSegmentRoutes(api, parts, odp),
      ]);
      addPageRoutes(app, pageFolder);
    },
  });
  const { settle, ...made } = await createParts(server, dataFolder).catch(async (error: unknown) => {
    await server.close();
    throw error;
  });
  const { catalog, database, simulations } = made;
  announce(made);
  const client = createClient({
    config: createPublishedConfig(server.datafiles, LAB_KEY),
    cmab: createCmabSource({ endpointTemplate: `${server.url}/predict/%s` }),
    events: null,
  });
  server.vardata.setDecide(createVardataDecide(client, server.odp));
  server.predictions.setPredict(createPredict(catalog.current));

  let closing: Promise<void> | undefined;
  async function close(): Promise<void> {
    await simulations.close();
    await Promise.all([client.close(), server.close()]);
    await settle();
    await database.close();
  }
  return {
    url: server.url,
    server,
    close() {
      closing ??= close();
      return closing;
    },
  };
}

/** @returns The parts, and `settle`, which resolves when everything they were told is kept. */
async function createParts(
  server: LabServer,
  dataFolder: string,
): Promise<LabParts & { readonly settle: () => Promise<void> }> {
  const database = await openEventDatabase(dataFolder);
  const configurations = createConfigurationStore(database);
  const periods = await createPeriodRecorder(database);
  const events = await createDuckdbEventStore(database);
  const settings = await createLabSettings(configurations, server.odp, server.faults);
  const catalog = await createShopCatalog({
    cdn: server.datafiles,
    store: configurations,
    original: createShopDatafile(server.url),
    record: periods.record,
  });
  return {
    database,
    configurations,
    events,
    settings,
    catalog,
    simulations: createSimulations(server.url),
    async settle() {
      await settings.settled();
      await Promise.all([events.settled(), configurations.settled()]);
    },
  };
}
