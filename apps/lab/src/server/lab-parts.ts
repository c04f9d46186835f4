/** What the routes of the lab work with. */

import type { ConfigurationStore } from './configuration-store.ts';
import type { DuckdbEventStore } from './duckdb-event-store.ts';
import type { EventDatabase } from './event-database.ts';
import type { LabSettings } from './lab-settings.ts';
import type { ShopCatalog } from './shop-catalog.ts';
import type { Simulations } from './simulations.ts';

/** Parts that exist once the lab knows its port and its data is open; routes wait for them. */
export interface LabParts {
  readonly catalog: ShopCatalog;
  readonly configurations: ConfigurationStore;
  readonly database: EventDatabase;
  readonly events: DuckdbEventStore;
  readonly settings: LabSettings;
  readonly simulations: Simulations;
}
