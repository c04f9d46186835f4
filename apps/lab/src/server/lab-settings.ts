/** Segments of users and faults of endpoints: what is set beside the datafile, kept with it. */
import { ENDPOINTS, type FaultSwitches, isRecord, type OdpEmulator, parseFaults } from '@sortition/emulator';
import type { ConfigurationStore } from './configuration-store.ts';

/** Segments by user, and faults by endpoint. */
export interface LabSettings {
  current(): { readonly segments: Readonly<Record<string, readonly string[]>>; readonly faults: object };
  /** Sets the segments of a user. */
  setSegments(userId: string, segments: readonly string[]): void;
  /** Takes over what `current` answered, here or elsewhere; parts that are not understood are ignored. */
  restore(settings: unknown): void;
}

/** A drag of a slider, or an import, is one write. */
const SAVE_DELAY_MS = 50;

/** Brings back what was kept, and keeps every change from then on. */
export async function createLabSettings(
  store: ConfigurationStore,
  odp: OdpEmulator,
  faults: FaultSwitches,
): Promise<LabSettings & { settled(): Promise<void> }> {
  let timer: NodeJS.Timeout | undefined;
  const current = () => ({
    segments: Object.fromEntries(odp.users().map((userId) => [userId, odp.segments(userId)])),
    faults: faults.list(),
  });
  async function save(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    await store.saveSetting('lab', current());
  }
  const saveSoon = (): void => {
    timer ??= setTimeout(() => void save(), SAVE_DELAY_MS);
  };

  function restore(settings: unknown): void {
    if (!isRecord(settings)) return;
    for (const [userId, segments] of Object.entries(isRecord(settings.segments) ? settings.segments : {})) {
      if (Array.isArray(segments))
        odp.setSegments(
          userId,
          segments.filter((name) => typeof name === 'string'),
        );
    }
    for (const endpoint of ENDPOINTS) {
      const kept = isRecord(settings.faults) ? settings.faults[endpoint] : undefined;
      const parsed = parseFaults({ endpoint, faults: kept ?? [] });
      if (typeof parsed === 'string' || parsed.faults.length === 0) faults.clear(endpoint);
      else faults.set(endpoint, parsed.faults);
    }
    saveSoon();
  }

  const kept = await store.setting('lab');
  if (kept !== undefined) restore(kept);
  faults.subscribe(saveSoon);
  return {
    current,
    setSegments(userId, segments) {
      odp.setSegments(userId, segments);
      saveSoon();
    },
    restore,
    async settled() {
      if (timer !== undefined) await save();
    },
  };
}
