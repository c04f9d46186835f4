/** @jsxImportSource react */
import type { ReactNode } from 'react';

const STYLE = `body { font: 1rem/1.5 system-ui, sans-serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem; color: #222; background: #fdfcf9 }
nav { display: flex; gap: 1rem } section, form { border: 1px solid #d8d2c4; padding: 1rem; margin: 1rem 0 }
[data-slot] { min-height: 4rem } pre { overflow: auto; font-size: .8rem } button { padding: .5rem 1rem }`;

/** An empty icon: browsers ask for one otherwise. */
export const metadata = { title: 'Harbour pottery', icons: { icon: 'data:,' } };

/** Every page of the shop. */
export default function Layout({ children }: { readonly children: ReactNode }): ReactNode {
  return (
    <html lang="en">
      <body>
        <style>{STYLE}</style>
        <nav>
          <a href="/">Shop</a>
          <a href="/offers">Offers</a>
          <a href="/cart">Cart</a>
        </nav>
        <main>{children}</main>
      </body>
    </html>
  );
}
