/** @jsxImportSource react */
import type { ReactNode } from 'react';

/**
 * A page comes in pieces, and what is there already must not move for the rest: labels are as high as their fields, which may come
 * later, and a button begins where it does without its text.
 */
const STYLE = `:root { color-scheme: light dark; --ink: #222; --paper: #fdfcf9; --line: #d8d2c4; --link: #1f5f8b }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e4da; --paper: #1b1c1f; --line: #47484d; --link: #8cc4ec } }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem; color: var(--ink); background: var(--paper) }
a { color: var(--link) } nav { display: flex; gap: 1rem } section, form { border: 1px solid var(--line); padding: 1rem; margin: 1rem 0 }
[data-slot] { min-height: 4rem } pre { overflow: auto; font-size: .8rem } button { display: block; padding: .5rem 1rem }
label { display: block; line-height: 2.5rem }`;

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
