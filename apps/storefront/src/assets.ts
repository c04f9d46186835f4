/** What pages load: the script and the style sheet, as the build made them, and the icon. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** A file as it is served. */
export interface Asset {
  /** With a hash of the content, so that browsers may keep it for ever. */
  readonly path: string;
  readonly type: string;
  readonly text: string;
}

/** The assets of every page. */
export interface Assets {
  readonly script: Asset;
  readonly styles: Asset;
  readonly icon: Asset;
}

const ICON =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#a4471f"/>' +
  '<path d="M8 10h13v8a6 6 0 0 1-6 6h-1a6 6 0 0 1-6-6z" fill="#fff"/><path d="M21 12h1.5a3 3 0 0 1 0 6H21" fill="none" stroke="#fff" stroke-width="2"/></svg>';

/** Reads the assets. @throws Error when the shop was not built. */
export function readAssets(): Assets {
  return {
    script: asset('shop', 'js', 'text/javascript', readBuilt('shop.js')),
    styles: asset('shop', 'css', 'text/css', readBuilt('shop.css')),
    icon: asset('icon', 'svg', 'image/svg+xml', ICON),
  };
}

function asset(name: string, extension: string, type: string, text: string): Asset {
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 12);
  return { path: `/assets/${name}-${hash}.${extension}`, type: `${type}; charset=utf-8`, text };
}

/** Beside this file once it is built, and one folder up from its source. */
function readBuilt(name: string): string {
  try {
    return readFileSync(new URL(`../dist/${name}`, import.meta.url), 'utf8');
  } catch (cause) {
    throw new Error(`The storefront is not built: dist/${name} is missing. Run "npx pnpm build".`, { cause });
  }
}
