/** The style sheet, in the bundle: an edge worker has no files. */
export const STYLES = `
:root { color-scheme: light dark; font: 1.05rem/1.6 system-ui, sans-serif; }
body { margin: 0; display: grid; place-items: center; min-height: 100vh; }
main { max-width: 34rem; padding: 2rem; }
.action { display: inline-block; padding: .6rem 1.2rem; border-radius: .5rem; background: light-dark(#17463b, #bfe8d6); color: light-dark(#fff, #0d2019); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1rem; font-size: .9rem; overflow-wrap: anywhere; }
dt { opacity: .75; } dd { margin: 0; }
`;
