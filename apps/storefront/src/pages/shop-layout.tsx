/** @jsxImportSource hono/jsx */
/** What all pages have in common: head, banner, navigation, panel, and the data for the page's script. */
import { html, raw } from 'hono/html';
import type { Child } from 'hono/jsx';
import type { Assets } from '../assets.ts';
import type { Visit } from '../visit.ts';
import { ANALYTICS_KEY } from '../visitor.ts';
import { WhyPanel } from './why-panel.tsx';

interface LayoutProps {
  assets: Assets;
  visit: Visit;
  title: string;
  /** Shown above everything else; `null` for nothing. */
  banner: string | null;
  /** The flags of the page are shown by now. */
  children: Child;
}

/** Wraps a page. */
export function ShopLayout({ assets, visit, title, banner, children }: LayoutProps) {
  const pieces = [...visit.visitor.cart.values()].reduce((sum, quantity) => sum + quantity, 0);
  return html`<!doctype html>${(
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{`${title} · Halde`}</title>
        <link rel="icon" href={assets.icon.path} type="image/svg+xml" />
        <link rel="stylesheet" href={assets.styles.path} />
        <script src={assets.script.path} defer></script>
      </head>
      <body>
        <a class="skip" href="#content">
          Skip to the content
        </a>
        {banner !== null && (
          <p class="banner" role="status">
            <span class="banner-mark">VIP</span> {banner}
          </p>
        )}
        <header class="top">
          <a class="brand" href="/">
            Halde<span class="brand-note"> ceramics by the sea</span>
          </a>
          <nav aria-label="Shop">
            <a href="/">Shop</a>
            <a href="/split">Split</a>
            <a class="why-link" href="#why">
              Why?
            </a>
            <a class="cart-link" href="/cart">
              Cart <span class="count">{pieces}</span>
            </a>
          </nav>
        </header>
        <div class="columns">
          <main id="content">{children}</main>
          <WhyPanel visit={visit} />
        </div>
        <footer class="bottom">
          <p>A demo of Sortition. Nothing here is for sale, and nothing leaves this machine.</p>
        </footer>
        <script type="application/json" id="page-data">
          {raw(pageData(visit))}
        </script>
      </body>
    </html>
  )}`;
}

/** JSON that can stand inside a script element. */
function pageData({ snapshot, visitor }: Visit): string {
  return JSON.stringify({ snapshot, visitorId: visitor.id, analyticsKey: ANALYTICS_KEY }).replaceAll('<', '\\u003c');
}
