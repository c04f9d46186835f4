/** @jsxImportSource react */
/** Says why the visitor gets what they get. */
import type { ReactNode } from 'react';
import { formatExplanation } from 'sortition';
import { shopClient } from './shop-client.ts';
import type { ShopFlags } from './shop-flags.ts';
import { currentVisitor } from './visitor.ts';

/** A server component: explaining costs neither an impression nor a request. */
export async function WhyPanel({ flagKeys }: { readonly flagKeys: readonly (keyof ShopFlags)[] }): Promise<ReactNode> {
  const { id, attributes } = await currentVisitor();
  const user = shopClient().createUserContext(id, { ...attributes });
  return (
    <details>
      <summary>Why does {id} see this?</summary>
      {flagKeys.map((flagKey) => (
        <pre key={flagKey}>{formatExplanation(user.explain(flagKey))}</pre>
      ))}
    </details>
  );
}
