/**
 * One page for one visitor: what is known of them is loaded once, every flag is decided without recording an impression, and
 * those that the page shows are counted when it shows them.
 */
import type { RemoteClient, Variant } from '@sortition/remote';
import { createSnapshot, type Decision, type DecisionSnapshot, type UserContext } from 'sortition';
import { FLAG_KEYS, type ShopFlags } from './shop-flags.ts';
import { PATIENCE_MS, type ShopServices } from './shop-services.ts';
import { attributesOf, type Visitor } from './visitor.ts';
import { explainInWords, type Why } from './why.ts';

type ShopDecisions = { readonly [K in keyof ShopFlags]: Decision<ShopFlags, K> };

/** See the file. */
export interface Visit {
  readonly visitor: Visitor;
  readonly user: UserContext<ShopFlags>;
  /** `null`: they could not be fetched. */
  readonly segments: readonly string[] | null;
  /** Of the datafile that decided; `null` when there is none yet. */
  readonly revision: string | null;
  /** For the page's script: all decisions, whether shown or not. */
  readonly snapshot: DecisionSnapshot;
  /** Decided by the remote service: `undefined` when it has nothing for the visitor, `null` when it did not answer. */
  readonly promotion: Variant | null | undefined;
  decide<K extends keyof ShopFlags>(flagKey: K): ShopDecisions[K];
  /** Returns a decision that the page is about to show, and sends its impression unless the visitor opted out. */
  show<K extends keyof ShopFlags>(flagKey: K): ShopDecisions[K];
  /** Why the visitor sees what was shown so far. */
  why(): readonly Why[];
}

const HELD = ['DISABLE_DECISION_EVENT'] as const;
const AS_NEWCOMER = ['IGNORE_USER_PROFILE_SERVICE'] as const;

/** Opens a visit. Never rejects, and waits for no service longer than the shop's patience. */
export async function openVisit({ client, remote }: ShopServices, visitor: Visitor): Promise<Visit> {
  const user = client.createUserContext(visitor.id, attributesOf(visitor));
  const [promotion] = await Promise.all([fetchPromotion(remote, visitor), user.load({ timeoutMs: PATIENCE_MS })]);
  const explanations = new Map(
    FLAG_KEYS.map((flagKey) => [flagKey, explainInWords(user.explain(flagKey), user.explain(flagKey, AS_NEWCOMER))]),
  );
  const decisions: ShopDecisions = {
    checkout: user.decide('checkout', HELD),
    free_shipping: user.decide('free_shipping', HELD),
    recommendations: user.decide('recommendations', HELD),
    gift_wrap: user.decide('gift_wrap', HELD),
    vip_banner: user.decide('vip_banner', HELD),
  };
  const shown = new Set<keyof ShopFlags>();
  return {
    visitor,
    user,
    segments: user.qualifiedSegments,
    revision: user.explain('checkout').revision,
    snapshot: createSnapshot(Object.values(decisions)),
    promotion,
    decide: (flagKey) => decisions[flagKey],
    show(flagKey) {
      const decision = decisions[flagKey];
      if (!visitor.optsOut) user.trackImpression(decision);
      shown.add(flagKey);
      return decision;
    },
    why: () => FLAG_KEYS.flatMap((flagKey) => (shown.has(flagKey) ? (explanations.get(flagKey) ?? []) : [])),
  };
}

async function fetchPromotion(
  remote: RemoteClient,
  { id, plan, country }: Visitor,
): Promise<Variant | null | undefined> {
  try {
    const user = { device_id: id, user_properties: { plan, country } };
    return (await remote.fetch(user, { flagKeys: ['promotion'] })).promotion;
  } catch {
    return null; // the shop has a block of its own for that
  }
}
