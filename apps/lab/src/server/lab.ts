/** The lab: the services with the sample shop, the page and what the page asks. */
import { createCmabSource } from '@sortition/cmab';
import { createLabServer, type LabServer } from '@sortition/emulator';
import { createShopDatafile } from '@sortition/emulator/shop-datafile';
import { createClient } from 'sortition';
import { addApi } from './api-guards.ts';
import { addCatalogRoutes } from './catalog-routes.ts';
import { createDuckdbEventStore } from './duckdb-event-store.ts';
import { openEventDatabase } from './event-database.ts';
import { addEventRoutes } from './event-routes.ts';
import type { LabParts } from './lab-parts.ts';
import { addPageRoutes } from './page-routes.ts';
import { createPredict } from './predictions.ts';
import { createPublishedConfig } from './published-config.ts';
import { readLastRevision, recordVersion } from './published-versions.ts';
import { createVardataDecide } from './remote-variants.ts';
import { addResultRoutes } from './result-routes.ts';
import { addSegmentRoutes } from './segment-routes.ts';
import { createShopCatalog, LAB_KEY } from './shop-catalog.ts';
import { addSimulationRoutes } from './simulation-routes.ts';
import { createSimulations } from './simulations.ts';

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
        (api) => addSegmentRoutes(api, odp),
      ]);
      addPageRoutes(app, pageFolder);
    },
  });
  const { catalog, database, events, simulations } = await createParts(server, dataFolder).catch(
    async (error: unknown) => {
      await server.close();
      throw error;
    },
  );
  announce({ catalog, database, events, simulations });
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
    await events.settled();
    database.close();
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

async function createParts(server: LabServer, dataFolder: string): Promise<LabParts> {
  const database = await openEventDatabase(dataFolder);
  const shop = createShopDatafile(server.url);
  // Revisions go on where the last run stopped: results tell splits apart by them.
  const lastRevision = await readLastRevision(database);
  const original = lastRevision === 0 ? shop : { ...shop, revision: String(lastRevision + 1) };
  return {
    database,
    catalog: await createShopCatalog(server.datafiles, original, (version) => recordVersion(database, version)),
    events: await createDuckdbEventStore(database),
    simulations: createSimulations(server.url),
  };
}
