/** @jsxImportSource hono/jsx */
/** A page that says one thing: not found, not understood. Shows no flags, so it needs no visit. */
import { html } from 'hono/html';
import type { Assets } from '../assets.ts';

/** Builds the page. */
export function MessagePage({ assets, title, text }: { assets: Assets; title: string; text: string }) {
  return html`<!doctype html>${(
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{`${title} · Halde`}</title>
        <link rel="icon" href={assets.icon.path} type="image/svg+xml" />
        <link rel="stylesheet" href={assets.styles.path} />
      </head>
      <body>
        <main class="message">
          <h1>{title}</h1>
          <p>{text}</p>
          <p>
            <a href="/">Back to the shop</a>
          </p>
        </main>
      </body>
    </html>
  )}`;
}
