/** Parts that write down what a client did with them. */
import type { ConversionEvent, EventSink, ImpressionEvent, UserProfile, UserProfileStore } from '@sortition/core';
import { type Client, type ClientOptions, createClient, createStaticConfig } from '../src/index.ts';
import { shopDatafile } from './shop-datafile.ts';

/** An event sink that keeps what it was given. */
export function createRecordingSink(): EventSink & {
  readonly impressions: ImpressionEvent[];
  readonly conversions: ConversionEvent[];
} {
  const impressions: ImpressionEvent[] = [];
  const conversions: ConversionEvent[] = [];
  return {
    impressions,
    conversions,
    record: (event) => void (event.type === 'impression' ? impressions.push(event) : conversions.push(event)),
  };
}

/** A classic synchronous store that counts its calls. */
export function createRecordingStore(profiles: readonly UserProfile[] = []): UserProfileStore & {
  readonly lookups: string[];
  readonly saves: UserProfile[];
} {
  const kept = new Map(profiles.map((profile) => [profile.user_id, profile]));
  const lookups: string[] = [];
  const saves: UserProfile[] = [];
  return {
    lookups,
    saves,
    lookup(userId) {
      lookups.push(userId);
      return kept.get(userId) ?? null;
    },
    save(profile) {
      saves.push(structuredClone(profile));
      kept.set(profile.user_id, profile);
    },
  };
}

/** A quiet client on the shop datafile. */
export function createShopClient(options: Partial<ClientOptions> = {}, datafile: object = shopDatafile()): Client {
  return createClient({ config: createStaticConfig({ datafile }), events: null, logger: false, ...options });
}
